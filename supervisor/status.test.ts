import * as v from "valibot";
import { describe, expect, test } from "vitest";
import { ChildId } from "../shared/ids.ts";
import type { Counters } from "../shared/ipc/supervisor-child.ts";
import type { ChildError } from "./child-errors.ts";
import { type Child, type ChildSpec, type ChildState, newChild } from "./child-spec.ts";
import type { Member } from "./post.ts";
import { toSupervisorStatus } from "./status.ts";

const spec = (id: string): ChildSpec => ({
  id: v.parse(ChildId, id),
  entry: "x.mjs",
  execArgv: [],
  papers: {},
  crashLog: "x.log",
  startsAfter: [],
  stages: [],
  heartbeat: { everyMs: 1, missesMax: 1 },
  stopWithinMs: 1,
  pssKbMax: 100,
  patience: { restartsMax: 1, windowMs: 1, rest: { first: 1, longest: 1, jitter: 0 } },
});
const counters: Counters = {
  messagesSeen: 1,
  messagesAnswered: 1,
  messagesSent: 1,
  eventsSeen: 0,
  chatLink: "open",
  hubLink: "open",
};
const running = (pid: number): ChildState => ({ is: "running", pid, lastSign: 0 });
const member = (
  id: string,
  state: ChildState,
  more: Partial<Counters> = {},
  waits: Child["waits"] = [],
  errors: Member["errors"] = [],
): Member => ({
  child: { ...newChild(spec(id)), state, waits },
  usage: undefined,
  counters: { ...counters, ...more },
  perMinute: undefined,
  errors,
});
const WALL = Date.UTC(2026, 0, 2);
const look = (members: readonly Member[], now = 0, damage?: string) =>
  toSupervisorStatus({
    members,
    now,
    wallNow: WALL + now,
    startedAt: 0,
    pid: 1,
    pssKb: () => 1,
    asleep: [],
    troubles: [],
    damage,
  });
const judge = (members: readonly Member[]) => {
  const status = look(members);
  return `${status.health}: ${status.sentence}`;
};

const hub = member("hub", running(1));
const alice = member("worker:alice", running(2));
const deaf = member("worker:bob", running(3), { chatLink: "closed" });
const boom: ChildError = {
  kind: "end",
  code: "ended",
  detail: "left with exit code 1: Error: boom",
  at: 0,
  overAt: undefined,
};
const away: ChildError = {
  kind: "lasting",
  code: "eventsub-away",
  detail: "cut without a close (1006)",
  at: 0,
  overAt: undefined,
};
const resting = member("worker:carol", { is: "resting", until: 8_001 }, {}, [], [boom]);
const starting: ChildState = {
  is: "starting",
  pid: 4,
  lastSign: 0,
  reached: ["starting", "chat"],
  countsFrom: 0,
};
const reauth = {
  stage: "ready",
  for: "operator",
  detail: "the token is dead: give a new one",
  until: undefined,
} as const;
const queue = {
  stage: "chat",
  for: "turn",
  detail: "its turn to log in comes in 7 s",
  until: 7_000,
} as const;

describe("the first line of status", () => {
  test.each<[string, readonly Member[], string]>([
    ["all run", [hub, alice], "healthy: All is well: the hub and 1 channel run."],
    ["no channels yet", [hub], "healthy: All is well: the hub and 0 channels run."],
    [
      "one is deaf",
      [hub, alice, deaf],
      "degraded: 1 of 2 channels work. worker:bob has lost its chat connection.",
    ],
    ["only deaf ones", [hub, deaf], "down: 0 of 1 channels work. worker:bob has lost its chat connection."],
    [
      "chat goes on, and nothing is heard of streams",
      [member("hub", running(1), {}, [], [away]), alice],
      "degraded: 1 of 1 channels work. hub hears no events from Twitch: cut without a close (1006).",
    ],
    [
      "chat is read, and nothing can be said",
      [
        member(
          "hub",
          running(1),
          {},
          [],
          [{ ...away, code: "bot-mute", detail: "the bot's token lacks a scope" }],
        ),
        alice,
      ],
      "degraded: 1 of 1 channels work. hub is mute: the bot's token lacks a scope.",
    ],
    [
      "they are heard again",
      [member("hub", running(1), {}, [], [{ ...away, overAt: 0 }]), alice],
      "healthy: All is well: the hub and 1 channel run.",
    ],
    [
      "one falls",
      [hub, alice, resting],
      "degraded: 1 of 2 channels work. worker:carol keeps falling and rests for 9 s (left with exit code 1: Error: boom).",
    ],
    [
      "no hub",
      [member("hub", { is: "given-up", because: "bad-config" }), alice],
      "degraded: 1 of 1 channels work. hub was given up until its configuration changes.",
    ],
    [
      "one has no token, but chats",
      [member("hub", running(1), {}, [reauth]), alice],
      "degraded: 1 of 1 channels work. hub waits for you: the token is dead: give a new one.",
    ],
    [
      "nobody works, because a person has to do something",
      [
        member("worker:alice", starting),
        member("worker:bob", starting, {}, [{ ...queue, for: "hub" }]),
        member("hub", starting, {}, [reauth]),
      ],
      "degraded: 0 of 2 channels work. hub waits for you: the token is dead: give a new one; worker:alice is starting (reached: chat); worker:bob waits for the hub.",
    ],
    [
      "some wait in a queue",
      [hub, alice, member("worker:bob", { ...starting, reached: ["starting"] }, {}, [queue])],
      "degraded: 1 of 2 channels work. worker:bob is starting: its turn to log in comes in 7 s.",
    ],
    [
      "many",
      [hub, ...Array.from({ length: 5 }, (_, n) => member(`worker:c${n}`, { is: "stopped" }))],
      "down: 0 of 5 channels work. worker:c0 is stopped; worker:c1 is stopped; worker:c2 is stopped; and 2 more.",
    ],
  ])("%s", (_name, members, line) => {
    expect(judge(members)).toBe(line);
  });
});

test("errors say when they were and whether they are over; the last one is one that is not", () => {
  const cpu: ChildError = { kind: "lasting", code: "high-cpu", detail: "71%", at: 2_000, overAt: 3_000 };
  const [child] = look([member("worker:alice", running(2), {}, [queue], [cpu, boom])], 5_000).children;
  expect(child?.lastError).toBe("left with exit code 1: Error: boom");
  expect(child?.errors).toEqual([
    { text: "high-cpu: 71%", at: "2026-01-02T00:00:02.000Z", agoMs: 3_000, isOver: true },
    {
      text: "left with exit code 1: Error: boom",
      at: "2026-01-02T00:00:00.000Z",
      agoMs: 5_000,
      isOver: false,
    },
  ]);
  expect(child?.waits).toEqual([{ stage: "chat", for: "turn", detail: queue.detail }]);
  expect(look([member("worker:alice", running(2), {}, [queue])], 7_000).children[0]?.waits).toEqual([]);
});

test("a damaged database makes a house unwell in which everybody works", () => {
  const { health, sentence } = look([hub, alice], 0, "the database is damaged (x): type y");
  expect(`${health}: ${sentence}`).toBe("degraded: The database is damaged (x): type y.");
  expect(look([hub, deaf], 0, "the database is damaged (x): type y")).toMatchObject({
    health: "down",
    sentence: expect.stringMatching(/^The database is damaged .* 0 of 1 channels work\./),
  });
});

test("figures are those of the process that lives: of one that is gone none are shown", () => {
  const usage = { lagMs: 1, lagP99Ms: 1, cpuPercent: 93, heapKb: 1, rssKb: 1, handles: 1 };
  const [living, gone] = look([
    { ...alice, usage },
    { ...resting, usage },
  ]).children;
  expect(living).toMatchObject({ usage: { cpuPercent: 93 }, counters: { messagesSeen: 1 } });
  expect([gone?.usage, gone?.counters, gone?.perMinute]).toEqual([undefined, undefined, undefined]);
});
