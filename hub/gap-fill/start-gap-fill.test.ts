import * as v from "valibot";
import { expect, test } from "vitest";
import type { StoredChannelState } from "../../db/channel-states.ts";
import { ChannelId, Login, UserId } from "../../shared/ids.ts";
import type { Topic } from "../../shared/twitch/topics.ts";
import { makeFakeClock, settled } from "../../tests/support/fake-clock.ts";
import { silentLog } from "../../tests/support/silent-log.ts";
import type { NewEvent } from "../replay-window.ts";
import type { Looked, TwitchLook } from "./look-at-twitch.ts";
import { type Follower, IN_FLIGHT_MS, type LiveStream } from "./plan-gap-fill.ts";
import { FOLLOWER_PAGES_MAX, MEET_AFTER_MS, startGapFill } from "./start-gap-fill.ts";

const alice = v.parse(ChannelId, "1");
const LOOK_EVERY_MS = 60_000;
const FOLLOWERS_A_PAGE = 3;
const names = { broadcasterLogin: "alice_live", broadcasterName: "Alice" };

/** A Twitch of one channel, and a database. */
function makeRoom(topics: readonly Topic[] = ["stream.online", "stream.offline", "channel.update"]) {
  const clock = makeFakeClock();
  const twitch = {
    stream: undefined as string | undefined,
    title: "Title",
    followers: [] as Follower[],
    isAway: false,
    followersRefused: false,
    asked: [] as string[],
    /** Its answers wait for that. */
    gate: undefined as Promise<void> | undefined,
  };
  const stored = new Map<ChannelId, StoredChannelState>();
  const found: NewEvent[] = [];
  const warnings: string[] = [];
  let waitMs = 0;
  const answer = async <Value>(what: string, value: Value): Promise<Looked<Value>> => {
    twitch.asked.push(what);
    if (twitch.gate) await twitch.gate;
    return twitch.isAway ? { is: "away", problem: "503" } : { is: "looked", value };
  };
  const look: TwitchLook = {
    streams: () =>
      answer(
        "streams",
        new Map<ChannelId, LiveStream>(
          twitch.stream ? [[alice, { streamId: twitch.stream, startedAt: "2026-01-01T00:00:00Z" }]] : [],
        ),
      ),
    infos: () =>
      answer(
        "infos",
        new Map([[alice, { title: twitch.title, language: "en", categoryId: "1", categoryName: "One" }]]),
      ),
    async followers(_id, after = "0") {
      if (twitch.followersRefused) return { is: "refused", problem: "401 no moderator" };
      const to = Number(after) + FOLLOWERS_A_PAGE;
      const isMore = to < twitch.followers.length;
      const followers = twitch.followers.slice(Number(after), to);
      return answer("followers", { followers, ...(isMore && { next: String(to) }) });
    },
  };
  const start = () =>
    startGapFill({
      look,
      store: {
        all: () => [...stored.values()],
        put: (states) => {
          for (const one of states) stored.set(one.channelId, one);
        },
        remove: (channelId) => void stored.delete(channelId),
      },
      channels: () => [
        { channelId: alice, login: v.parse(Login, "alice_live"), name: "Alice", topics: new Set(topics) },
      ],
      onFound: (_channelId, event) => void found.push(event),
      waitForPointsMs: () => waitMs,
      lookEveryMs: LOOK_EVERY_MS,
      clock,
      random: () => 0,
      log: { ...silentLog, warn: (...said: unknown[]) => void warnings.push(String(said.at(-1))) },
    });
  const cuts = () => warnings.filter((one) => one.startsWith("more followers")).length;
  return { clock, twitch, found, stored, cuts, start, pointsAreSpent: (ms: number) => (waitMs = ms) };
}
const ids = (found: readonly NewEvent[]) => found.map((one) => one.id);

test("a restarted hub finds the stream that began while it was away, and marks it", async () => {
  const room = makeRoom();
  const before = room.start();
  before.afterOutage();
  await room.clock.advance(1_000);
  before.stop();

  room.twitch.stream = "s1";
  const after = room.start();
  after.afterOutage();
  await room.clock.advance(1_000);
  expect(room.found).toMatchObject([{ id: "recovered online s1", recovered: true }]);
  expect(after.state()).toMatchObject({
    gapOpenForMs: undefined,
    recovered: 1,
    drifts: [],
    problem: undefined,
  });
  after.stop();
  expect(room.clock.pending()).toBe(0);
});

test("a channel that comes later is met at once: what begins in an outage right after is found", async () => {
  const room = makeRoom(["stream.online", "channel.update"]);
  const gapFill = room.start();
  gapFill.meet();
  gapFill.meet();
  await room.clock.advance(MEET_AFTER_MS);
  expect(room.twitch.asked).toEqual(["streams", "infos"]);
  expect(room.found).toEqual([]);
  // A look at some channels proves nothing of the others.
  expect(gapFill.state().lastLookAgoMs).toBeUndefined();
  // Who is known is not met again.
  gapFill.meet();
  await room.clock.advance(2 * MEET_AFTER_MS);
  expect(room.twitch.asked).toHaveLength(2);

  room.twitch.stream = "s1";
  room.twitch.title = "Another title";
  gapFill.afterOutage();
  await room.clock.advance(1_000);
  expect(room.found.map(({ body }) => body.topic)).toEqual(["stream.online"]);
  expect(gapFill.state().gapOpenForMs).toBeDefined();
  await room.clock.advance(IN_FLIGHT_MS);
  expect(room.found.map(({ body }) => body.topic)).toEqual(["stream.online", "channel.update"]);
  expect(gapFill.state().gapOpenForMs).toBeUndefined();
  const asked = room.twitch.asked.length;
  await room.clock.advance(LOOK_EVERY_MS / 2);
  expect(room.twitch.asked).toHaveLength(asked);
  gapFill.stop();
  expect(room.clock.pending()).toBe(0);
});

test("titles that are on their way while Twitch is asked are told by EventSub alone", async () => {
  const room = makeRoom(["channel.update"]);
  const gapFill = room.start();
  gapFill.afterOutage();
  await room.clock.advance(1_000);
  room.twitch.title = "Third";
  gapFill.afterOutage();
  await room.clock.advance(1_000);
  const tell = (title: string) =>
    gapFill.heard(alice, {
      topic: "channel.update",
      ...names,
      title,
      language: "en",
      categoryId: "1",
      categoryName: "One",
    });
  tell("Second");
  tell("Third");
  await room.clock.advance(IN_FLIGHT_MS);
  expect(gapFill.state().gapOpenForMs).toBeUndefined();
  await room.clock.advance(10 * LOOK_EVERY_MS);
  expect(room.found).toEqual([]);
  gapFill.stop();
  expect(room.clock.pending()).toBe(0);
});

test("a second look that Twitch does not answer is repeated, with rests that grow", async () => {
  const room = makeRoom(["channel.update"]);
  const gapFill = room.start();
  gapFill.afterOutage();
  await room.clock.advance(1_000);
  room.twitch.title = "Another title";
  gapFill.afterOutage();
  await room.clock.advance(1_000);
  room.twitch.isAway = true;
  const before = room.twitch.asked.length;
  await room.clock.advance(30_000);
  expect(room.twitch.asked.length - before).toBeLessThan(6);
  expect(room.found).toEqual([]);
  room.twitch.isAway = false;
  await room.clock.advance(60_000);
  expect(room.found.map(({ body }) => body.topic)).toEqual(["channel.update"]);
  gapFill.stop();
});

test("who comes while Twitch is being asked is met afterwards, and a Twitch that is away is asked again", async () => {
  const room = makeRoom(["stream.online"]);
  const gapFill = room.start();
  room.twitch.isAway = true;
  gapFill.afterOutage();
  await room.clock.advance(0);
  gapFill.meet();
  room.twitch.isAway = false;
  await room.clock.advance(10_000);
  expect(room.stored.get(alice)).toMatchObject({ isStreamKnown: true });
  expect(gapFill.state().problem).toBeUndefined();
  gapFill.stop();
  expect(room.clock.pending()).toBe(0);
});

test("a stream that began before the hub did is found before the subscriptions stand, and the rest when they do", async () => {
  const room = makeRoom(["stream.online", "channel.update", "channel.follow"]);
  const before = room.start();
  before.afterOutage();
  await room.clock.advance(1_000);
  before.stop();

  room.twitch.asked = [];
  room.twitch.stream = "s1";
  room.twitch.title = "Another title";
  const after = room.start();
  after.lookEarly();
  await room.clock.advance(1);
  expect(room.twitch.asked).toEqual(["streams"]);
  expect(room.found).toMatchObject([{ id: "recovered online s1", recovered: true }]);
  after.afterOutage();
  await room.clock.advance(1);
  expect(room.twitch.asked).toEqual(["streams", "streams", "infos", "followers"]);
  await room.clock.advance(IN_FLIGHT_MS);
  expect(room.found.map(({ body }) => body.topic)).toEqual(["stream.online", "channel.update"]);
  expect(after.state().drifts).toEqual([]);
  after.stop();
});

test("an early look that fails opens no gap and is not repeated before its time", async () => {
  const room = makeRoom();
  const gapFill = room.start();
  room.twitch.isAway = true;
  gapFill.lookEarly();
  await room.clock.advance(LOOK_EVERY_MS / 2);
  expect(room.twitch.asked).toEqual(["streams"]);
  expect(gapFill.state()).toMatchObject({ gapOpenForMs: undefined, problem: "503" });
  gapFill.stop();
});

test("the safety net finds what EventSub never told, and shows it as drift", async () => {
  const room = makeRoom();
  const gapFill = room.start();
  await room.clock.advance(LOOK_EVERY_MS);
  room.twitch.stream = "s1";
  await room.clock.advance(LOOK_EVERY_MS);
  expect(room.found).toEqual([]);
  await room.clock.advance(LOOK_EVERY_MS);
  expect(ids(room.found)).toEqual(["recovered online s1"]);
  expect(gapFill.state().drifts).toMatchObject([{ channel: "alice_live", topic: "stream.online" }]);
  gapFill.stop();
});

test("a stream that ended in an outage is told when two looks agree, and is no fault of EventSub's", async () => {
  const room = makeRoom();
  const gapFill = room.start();
  room.twitch.stream = "s1";
  await room.clock.advance(LOOK_EVERY_MS);
  gapFill.outageBegins();
  room.twitch.stream = undefined;
  gapFill.afterOutage();
  await room.clock.advance(2 * LOOK_EVERY_MS);
  expect(room.found.map(({ body }) => body.topic)).toEqual(["stream.offline"]);
  expect(gapFill.state().drifts).toEqual([]);
  gapFill.stop();
});

test("what EventSub told in time is found by nobody", async () => {
  const room = makeRoom();
  const gapFill = room.start();
  await room.clock.advance(LOOK_EVERY_MS);
  room.twitch.stream = "s1";
  gapFill.heard(alice, {
    topic: "stream.online",
    ...names,
    streamId: "s1",
    startedAt: "2026-01-01T00:00:00Z",
    streamType: "live",
  });
  await room.clock.advance(10 * LOOK_EVERY_MS);
  expect(room.found).toEqual([]);
  gapFill.stop();
});

test("while Twitch is away the gap stays open, and is filled when Twitch is back", async () => {
  const room = makeRoom();
  const gapFill = room.start();
  await room.clock.advance(LOOK_EVERY_MS);
  room.twitch.isAway = true;
  room.twitch.stream = "s1";
  gapFill.afterOutage();
  await room.clock.advance(5 * 60_000);
  expect(gapFill.state()).toMatchObject({ gapOpenForMs: 5 * 60_000, problem: "503" });
  const attempts = room.twitch.asked.length;
  expect(attempts).toBeLessThan(20);
  room.twitch.isAway = false;
  await room.clock.advance(90_000);
  expect(gapFill.state()).toMatchObject({ gapOpenForMs: undefined, problem: undefined });
  expect(ids(room.found)).toEqual(["recovered online s1"]);
  gapFill.stop();
});

test("the gap is open from an outage's first moment, whatever routine looks find meanwhile, until it is filled", async () => {
  const room = makeRoom();
  const gapFill = room.start();
  expect(gapFill.state().isGapOpen).toBe(false);
  gapFill.outageBegins();
  await room.clock.advance(2 * LOOK_EVERY_MS);
  expect(room.twitch.asked.length).toBeGreaterThan(0);
  // Nobody owes the filling yet: Twitch does not deliver again.
  expect(gapFill.state()).toMatchObject({ isGapOpen: true, gapOpenForMs: undefined });
  gapFill.afterOutage();
  expect(gapFill.state()).toMatchObject({ isGapOpen: true, gapOpenForMs: 0 });
  await room.clock.advance(IN_FLIGHT_MS + 1_000);
  expect(gapFill.state()).toMatchObject({ isGapOpen: false, gapOpenForMs: undefined });
  gapFill.stop();
});

test("points that others need are left to them", async () => {
  const room = makeRoom();
  room.pointsAreSpent(30_000);
  const gapFill = room.start();
  gapFill.afterOutage();
  await room.clock.advance(10_000);
  expect(room.twitch.asked).toEqual([]);
  expect(gapFill.state().gapOpenForMs).toBe(10_000);
  room.pointsAreSpent(0);
  await room.clock.advance(60_000);
  expect(gapFill.state().gapOpenForMs).toBeUndefined();
  gapFill.stop();
});

test("only what the channel's modules want is handed on, and followers only where somebody may look", async () => {
  const room = makeRoom(["channel.follow"]);
  room.twitch.followersRefused = true;
  const gapFill = room.start();
  gapFill.afterOutage();
  await room.clock.advance(LOOK_EVERY_MS);
  room.twitch.stream = "s1";
  gapFill.afterOutage();
  await room.clock.advance(1_000);
  expect(room.found).toEqual([]);
  expect([...gapFill.state().uncovered]).toEqual([["alice_live", "401 no moderator"]]);
  gapFill.stop();
});

/** The first of `count` that came a second apart; newest first. */
const followers = (count: number): Follower[] =>
  Array.from({ length: count }, (_, at) => ({
    user: { id: v.parse(UserId, String(at + 1)), login: `viewer${at}`, name: `Viewer${at}` },
    followedAt: new Date(Date.UTC(2026, 0, 1) + at * 1_000).toISOString(),
  })).reverse();

test.each<[string, number, number, number]>([
  ["on the first page", 2, 1, 0],
  ["right after a page", 3, 2, 0],
  ["pages back", 8, 3, 0],
  ["further back than is looked", 100, FOLLOWER_PAGES_MAX, 1],
])("followers are looked for up to the last known: %s", async (_where, came, pages, warnings) => {
  const room = makeRoom(["channel.follow"]);
  const gapFill = room.start();
  room.twitch.followers = followers(5);
  gapFill.afterOutage();
  await room.clock.advance(1_000);
  room.twitch.asked.length = 0;
  room.twitch.followers = followers(5 + came);
  gapFill.afterOutage();
  await room.clock.advance(1_000);
  expect(room.twitch.asked.filter((one) => one === "followers")).toHaveLength(pages);
  const found = Math.min(came, FOLLOWER_PAGES_MAX * FOLLOWERS_A_PAGE);
  expect(room.found.map(({ at }) => at)).toEqual(
    followers(5 + came)
      .slice(0, found)
      .map((one) => one.followedAt)
      .reverse(),
  );
  expect(room.cuts()).toBe(warnings);
  gapFill.stop();
});

test("an outage during a look opens the gap again", async () => {
  const room = makeRoom();
  const gapFill = room.start();
  gapFill.afterOutage();
  await room.clock.advance(0);
  gapFill.afterOutage();
  await settled();
  await room.clock.advance(1_000);
  expect(room.twitch.asked.filter((what) => what === "infos").length).toBeGreaterThanOrEqual(2);
  gapFill.stop();
});

test("while it is paused nothing is asked or told; then what came meanwhile is found as after an outage", async () => {
  const room = makeRoom(["stream.online"]);
  const gapFill = room.start();
  gapFill.afterOutage();
  await room.clock.advance(1_000);
  room.twitch.stream = "s1";
  gapFill.afterOutage();
  const gate = Promise.withResolvers<void>();
  room.twitch.gate = gate.promise;
  await room.clock.advance(0);
  gapFill.pause();
  gate.resolve();
  await settled();
  gapFill.meet();
  gapFill.afterOutage();
  const asked = room.twitch.asked.length;
  await room.clock.advance(5 * LOOK_EVERY_MS);
  expect([room.found, room.twitch.asked.length - asked]).toEqual([[], 0]);
  expect(room.clock.pending()).toBe(0);
  gapFill.resume();
  await room.clock.advance(1_000);
  expect(ids(room.found)).toEqual(["recovered online s1"]);
  expect(gapFill.state()).toMatchObject({ recovered: 1, drifts: [] });
  await room.clock.advance(LOOK_EVERY_MS);
  expect(room.twitch.asked.length - asked).toBeGreaterThan(2);
  gapFill.stop();
});

test("what is known is on disk when it stops", async () => {
  const room = makeRoom();
  const gapFill = room.start();
  gapFill.heard(alice, {
    topic: "stream.online",
    ...names,
    streamId: "s9",
    startedAt: "2026-01-01T00:00:00Z",
    streamType: "live",
  });
  gapFill.stop();
  expect(room.stored.get(alice)).toMatchObject({ streamId: "s9", isStreamKnown: true });
  expect(room.clock.pending()).toBe(0);
});
