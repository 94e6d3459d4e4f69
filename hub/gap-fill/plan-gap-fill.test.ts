import fc from "fast-check";
import * as v from "valibot";
import { describe, expect, test } from "vitest";
import { ChannelId, UserId } from "../../shared/ids.ts";
import { type ChannelState, inOutage, noteEvent, unknownChannel } from "./channel-state.ts";
import {
  type Follower,
  IN_FLIGHT_MS,
  infoSureAt,
  type Look,
  planGapFill,
  SURE_AFTER_MS,
  TRUST_EVENTS_MS,
} from "./plan-gap-fill.ts";

const id = v.parse(ChannelId, "1");
const names = { broadcasterLogin: "alice_live", broadcasterName: "Alice" };
const LONG_AGO = -10 * TRUST_EVENTS_MS;

const known = (more: Partial<ChannelState> = {}): ChannelState => ({
  ...unknownChannel(id),
  isStreamKnown: true,
  ...more,
});
/** The streams of these tests begin in the order of their numbers. */
const startOf = (streamId: string) => new Date(Number(streamId.slice(1)) * 1_000).toISOString();
const shows = (streamId: string | undefined, because: Look["because"] = "routine"): Look => ({
  because,
  stream: { live: streamId === undefined ? undefined : { streamId, startedAt: startOf(streamId) } },
  info: undefined,
  followers: undefined,
});
const info = { title: "Old", language: "en", categoryId: "1", categoryName: "One" };
const using = (now = 0) => ({ names, now, nowWall: 1_000_000 + now });
/** What two looks, as far apart as needed, make of it. */
const twice = (state: ChannelState, look: Look) => {
  const first = planGapFill(state, look, using(0));
  const second = planGapFill(first.state, look, using(SURE_AFTER_MS));
  return [...first.found, ...second.found].map((one) => one.id);
};
const once = (state: ChannelState, look: Look) =>
  planGapFill(state, look, using()).found.map((one) => one.id);

test.each<[string, readonly string[], readonly string[]]>([
  [
    "a channel met for the first time has missed nothing",
    once(unknownChannel(id), shows("s1", "outage")),
    [],
  ],
  ["nothing changed", twice(known({ streamId: "s1" }), shows("s1")), []],
  [
    "a stream began in an outage: told at once",
    once(known(), shows("s1", "outage")),
    ["recovered online s1"],
  ],
  [
    "another stream runs after an outage: told as begun, the end of the old one is not told",
    once(known({ streamId: "s1" }), shows("s2", "outage")),
    ["recovered online s2"],
  ],
  [
    "a stream ended in an outage: not at once",
    once(known({ streamId: "s1" }), shows(undefined, "outage")),
    [],
  ],
  [
    "… but when it lasts",
    twice(known({ streamId: "s1" }), shows(undefined, "outage")),
    ["recovered offline s1"],
  ],
  ["a routine look is not believed at once", once(known(), shows("s1")), []],
  ["… but a second one is, once", twice(known(), shows("s1")), ["recovered online s1"]],
  [
    "EventSub's own word stands against a late list",
    twice(known({ streamId: "s1", streamToldAt: -1_000 }), shows(undefined)),
    [],
  ],
  [
    "… for a while",
    twice(known({ streamId: "s1", streamToldAt: LONG_AGO }), shows(undefined)),
    ["recovered offline s1"],
  ],
  [
    "a stream that has ended does not begin again, though the list is late",
    twice(known({ newestStartAt: startOf("s1"), streamToldAt: LONG_AGO }), shows("s1", "outage")),
    [],
  ],
])("%s", (_name, found, expected) => {
  expect(found).toEqual(expected);
});

test("a doubt that went away does not count for the next one", () => {
  const first = planGapFill(known({ streamId: "s1" }), shows(undefined), using(0));
  const back = planGapFill(first.state, shows("s1"), using(SURE_AFTER_MS));
  expect(planGapFill(back.state, shows(undefined), using(2 * SURE_AFTER_MS)).found).toEqual([]);
});

test("title and category changed in an outage", () => {
  const look: Look = { ...shows(undefined), because: "outage", info: { ...info, title: "New" } };
  const first = planGapFill(known({ info }), look, using());
  expect(first.found).toEqual([]);
  expect(planGapFill(first.state, look, using(IN_FLIGHT_MS - 1)).found).toEqual([]);
  const { found, state } = planGapFill(first.state, look, using(IN_FLIGHT_MS));
  expect(found.map((one) => one.body)).toEqual([
    { topic: "channel.update", ...names, title: "New", language: "en", categoryId: "1", categoryName: "One" },
  ]);
  expect(planGapFill(state, look, using(2 * IN_FLIGHT_MS)).found).toEqual([]);
});

describe("a title that differs is told by EventSub or here, never by both", () => {
  const showing = (title: string): Look => ({
    ...shows(undefined),
    because: "outage",
    info: { ...info, title },
  });
  const told = (title: string) => ({ topic: "channel.update", ...names, ...info, title }) as const;

  test("what EventSub says before the second look stands", () => {
    const first = planGapFill(known({ info }), showing("Third"), using());
    const older = noteEvent(first.state, told("Second"), 100);
    const newer = noteEvent(older, told("Third"), 101);
    for (const state of [older, newer])
      expect(planGapFill(state, showing("Third"), using(IN_FLIGHT_MS)).found).toEqual([]);
  });

  test("what it did not say after it had spoken is found when its word is old", () => {
    const first = planGapFill(known({ info, infoToldAt: -1_000 }), showing("New"), using());
    const sureAt = TRUST_EVENTS_MS - 1_000;
    expect(infoSureAt(first.state)).toBe(sureAt);
    expect(planGapFill(first.state, showing("New"), using(sureAt - 1)).found).toEqual([]);
    expect(planGapFill(first.state, showing("New"), using(sureAt)).found).toHaveLength(1);
  });

  test.each<[string, Look]>([
    ["is as it was", showing("Old")],
    ["is unknown to Twitch", { ...shows(undefined), because: "outage", info: "none" }],
  ])("nothing is left to find out about a channel that %s", (_what, look) => {
    const first = planGapFill(known({ info }), showing("New"), using());
    expect(infoSureAt(planGapFill(first.state, look, using(IN_FLIGHT_MS)).state)).toBe(
      Number.POSITIVE_INFINITY,
    );
  });
});

const follower = (user: string, followedAt: string): Follower => ({
  user: { id: v.parse(UserId, user), login: `u${user}`, name: `U${user}` },
  followedAt,
});

test("followers since the last known come in order, once; the first look only learns who is newest", () => {
  const look: Look = {
    ...shows(undefined, "outage"),
    followers: [follower("3", "2026-01-03T00:00:00Z"), follower("2", "2026-01-02T00:00:00Z")],
  };
  const first = planGapFill(known(), look, using());
  expect(first.found).toEqual([]);
  expect(first.state.lastFollowAt).toBe("2026-01-03T00:00:00Z");

  const missed = planGapFill(known({ lastFollowAt: "2026-01-01T00:00:00Z" }), look, using());
  expect(missed.found.map((one) => one.id)).toEqual([
    "recovered follow 2 2026-01-02T00:00:00Z",
    "recovered follow 3 2026-01-03T00:00:00Z",
  ]);
  expect(planGapFill(missed.state, look, using()).found).toEqual([]);
});

test("who followed in an outage is found, whoever EventSub told of since, and nobody twice", () => {
  const at = (minute: number) => new Date(minute * 60_000).toISOString();
  const follow = (user: string, minute: number) =>
    ({ topic: "channel.follow", ...names, ...follower(user, at(minute)) }) as const;
  const before = noteEvent(known({ lastFollowAt: at(0) }), follow("1", 1), 0);
  const outage = inOutage(before);
  // Another connection falls before anybody has looked.
  const after = inOutage(noteEvent(outage, follow("4", 4), 0));
  const followers = ["5", "4", "3", "2", "1"].map((user) => follower(user, at(Number(user))));
  const look: Look = { ...shows(undefined, "outage"), followers };
  const looked = planGapFill(noteEvent(after, follow("5", 5), 0), look, using());
  expect(looked.found.map(({ at: when }) => when)).toEqual([at(2), at(3)]);
  expect(planGapFill(looked.state, look, using()).found).toEqual([]);
});

test.each<[string, readonly string[], readonly string[]]>([
  ["by a hub that heard who it was", ["1"], ["2"]],
  ["by a hub that has just begun", [], []],
])("of two who followed in one second the other is found %s", (_who, heard, found) => {
  const second = "2026-01-01T00:00:05";
  const told = heard.reduce(
    (state, user) =>
      noteEvent(state, { topic: "channel.follow", ...names, ...follower(user, `${second}.1Z`) }, 0),
    known({ lastFollowAt: `${second}.1Z` }),
  );
  const followers = [follower("2", `${second}Z`), follower("1", `${second}Z`)];
  const look: Look = { ...shows(undefined, "outage"), followers };
  const looked = planGapFill(inOutage(told), look, using());
  expect(looked.found.map(({ body }) => "user" in body && body.user?.id)).toEqual(found);
  expect(planGapFill(inOutage(looked.state), look, using()).found).toEqual([]);
});

test("what EventSub said before an outage stands against no stream or title that came in it", () => {
  const told = known({ streamToldAt: -1_000, newestStartAt: startOf("s1"), info, infoToldAt: -1_000 });
  const look: Look = { ...shows("s2", "outage"), info: { ...info, title: "New" } };
  const first = planGapFill(inOutage(told), look, using());
  expect(first.found.map((one) => one.id)).toEqual(["recovered online s2"]);
  expect(planGapFill(first.state, look, using(IN_FLIGHT_MS)).found).toHaveLength(1);
});

test("a channel without followers learns of its first one", () => {
  const none = planGapFill(known(), { ...shows(undefined, "outage"), followers: [] }, using());
  const soon = new Date(using(1_000).nowWall).toISOString();
  const look: Look = { ...shows(undefined, "outage"), followers: [follower("2", soon)] };
  expect(planGapFill(none.state, look, using(2_000)).found).toHaveLength(1);
});

test("however late the looks are, no stream begins twice", () => {
  const step = fc.record({
    is: fc.constantFrom("begins" as const, "ends" as const, "routine" as const, "outage" as const),
    isToldByEventSub: fc.boolean(),
    /** The list shows what ran one or two streams ago. */
    lateBy: fc.integer({ min: 0, max: 1 }),
    afterMs: fc.integer({ min: 0, max: 2 * TRUST_EVENTS_MS }),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      let state = known();
      let now = 0;
      const truth: (string | undefined)[] = [undefined];
      const begun: string[] = [];
      for (const one of steps) {
        now += one.afterMs;
        if (one.is === "begins" || one.is === "ends") {
          const streamId = one.is === "begins" ? `s${truth.length}` : undefined;
          truth.push(streamId);
          if (!one.isToldByEventSub) continue;
          if (streamId) begun.push(streamId);
          const online = { topic: "stream.online", ...names, streamType: "live" } as const;
          const offline = { topic: "stream.offline", ...names } as const;
          state = noteEvent(
            state,
            streamId ? { ...online, streamId, startedAt: startOf(streamId) } : offline,
            now,
          );
          continue;
        }
        const shown = truth[Math.max(0, truth.length - 1 - one.lateBy)];
        const plan = planGapFill(state, shows(shown, one.is), using(now));
        state = plan.state;
        for (const { body } of plan.found) if (body.topic === "stream.online") begun.push(body.streamId);
      }
      expect(begun).toEqual([...new Set(begun)]);
    }),
    { numRuns: 500 },
  );
});
