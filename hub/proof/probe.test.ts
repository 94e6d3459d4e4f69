import * as v from "valibot";
import { expect, test } from "vitest";
import { Login, UserId } from "../../shared/ids.ts";
import { makeFakeClock } from "../../tests/support/fake-clock.ts";
import { silentLog } from "../../tests/support/silent-log.ts";
import type { HelixAnswer } from "../twitch/helix-caller.ts";
import { isOnlyForProbe, startProbe } from "./probe.ts";

const EVERY_MS = 300_000;
const facts = {
  clientId: "client",
  login: v.parse(Login, "kissbot"),
  userId: v.parse(UserId, "7"),
  scopes: ["user:read:chat", "user:write:chat"],
  expiresInMs: undefined,
};
const sent: HelixAnswer = { is: "answer", status: 200, body: { data: [{ is_sent: true }] }, message: "" };
const said = (text: string, channel = "7") => ({
  type: "channel.chat.message",
  event: { broadcaster_user_id: channel, message: { text } },
});

interface RoomWish {
  readonly answer?: HelixAnswer;
  readonly scopes?: readonly string[];
  /** Until when the account has no room for it. */
  readonly crowdedUntil?: number;
}

function makeRoom(using: RoomWish = {}) {
  const sends = { begun: 0, answered: 0 };
  const clock = makeFakeClock();
  const posts: string[] = [];
  let tick = 0.1;
  const probe = startProbe({
    everyMs: EVERY_MS,
    bot: () => ({ ...facts, scopes: using.scopes ?? facts.scopes }),
    helix: {
      async call({ body }) {
        posts.push(v.parse(v.object({ message: v.string() }), body).message);
        return using.answer ?? sent;
      },
    },
    sends: {
      waitMs: () => Math.max(0, (using.crowdedUntil ?? 0) - clock.now()),
      begin() {
        sends.begun += 1;
        return () => {
          sends.answered += 1;
        };
      },
    },
    clock,
    random: () => (tick += 0.01),
    log: silentLog,
  });
  return { clock, posts, probe, sends };
}

test("a word that comes back proves the path, again and again", async () => {
  const { clock, posts, probe } = makeRoom();
  await clock.advance(20_000);
  expect(posts).toHaveLength(1);
  await clock.advance(300);
  expect(probe.hear(said("somebody else's"))).toBe(false);
  expect(probe.hear(said(posts[0] ?? "", "8"))).toBe(false);
  expect(probe.hear(said(posts[0] ?? ""))).toBe(true);
  expect(probe.state()).toMatchObject({ agoMs: 0, tookMs: 300, problem: undefined });
  await clock.advance(EVERY_MS);
  expect(posts).toHaveLength(2);
  expect(posts[1]).not.toBe(posts[0]);
  probe.stop();
  expect(clock.pending()).toBe(0);
});

test.each<[string, Parameters<typeof makeRoom>[0], number, string]>([
  ["does not come back", {}, 1, "did not come back within 20 s"],
  [
    "was answered by nobody: it is not said again",
    { answer: { is: "away", problem: "timeout" } },
    1,
    "did not come back",
  ],
  ["was refused", { answer: { is: "answer", status: 403, body: {}, message: "banned" } }, 1, "403 banned"],
  [
    "was dropped",
    { answer: { is: "answer", status: 200, body: { data: [{ is_sent: false }] }, message: "" } },
    1,
    "Twitch dropped it",
  ],
  ["may not be said", { scopes: ["chat:read"] }, 0, "lacks user:read:chat and user:write:chat"],
])("a word that %s is a problem", async (_name, using, posts, problem) => {
  const room = makeRoom(using);
  await room.clock.advance(60_000);
  expect(room.probe.state()?.problem).toContain(problem);
  expect(room.posts).toHaveLength(posts);
  await room.clock.advance(EVERY_MS);
  expect(room.posts).toHaveLength(2 * posts);
  room.probe.stop();
});

test("each word is counted as a message of the account's before it goes, and waits for room", async () => {
  const { clock, posts, probe, sends } = makeRoom({ crowdedUntil: 35_000 });
  await clock.advance(34_999);
  expect({ posts: posts.length, ...sends, problem: probe.state()?.problem }).toEqual({
    posts: 0,
    begun: 0,
    answered: 0,
    problem: undefined,
  });
  await clock.advance(1);
  expect({ posts: posts.length, ...sends }).toEqual({ posts: 1, begun: 1, answered: 1 });
  probe.stop();
});

test("a word that comes back too late proves nothing", async () => {
  const { clock, posts, probe } = makeRoom();
  await clock.advance(45_000);
  expect(probe.hear(said(posts[0] ?? ""))).toBe(false);
  probe.stop();
});

test("chat of the bot's own channel is the probe's alone, unless somebody wants it", () => {
  const { probe } = makeRoom();
  const [own] = probe.wanted();
  expect(isOnlyForProbe(said("hello"), probe.wanted(), () => [])).toBe(true);
  expect(isOnlyForProbe(said("hello", "8"), probe.wanted(), () => [])).toBe(false);
  expect(isOnlyForProbe(said("hello"), probe.wanted(), () => (own ? [own] : []))).toBe(false);
  probe.stop();
});

test("while it is paused it says nothing, and a word that was under way is not missed", async () => {
  const { clock, posts, probe } = makeRoom();
  await clock.advance(20_000);
  expect(posts).toHaveLength(1);
  probe.pause();
  await clock.advance(3 * EVERY_MS);
  expect(posts).toHaveLength(1);
  expect(clock.pending()).toBe(0);
  expect(probe.state()?.problem).toBeUndefined();
  probe.resume();
  await clock.advance(20_000);
  expect(posts).toHaveLength(2);
  probe.stop();
});
