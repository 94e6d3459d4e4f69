import * as v from "valibot";
import { describe, expect, test } from "vitest";
import { ChildId } from "../shared/ids.ts";
import type { Counters } from "../shared/ipc/supervisor-child.ts";
import { makeFakeClock } from "../tests/support/fake-clock.ts";
import { type ChildSpec, type ChildState, newChild } from "./child-spec.ts";
import type { Member } from "./crew.ts";
import { startMemoryWatch } from "./memory-watch.ts";
import { toSupervisorStatus } from "./status.ts";

const spec = (id: string): ChildSpec => ({
  id: v.parse(ChildId, id),
  entry: "x.mjs",
  execArgv: [],
  papers: {},
  crashLog: "x.log",
  startsAfter: [],
  mustReach: { oneOf: ["ready"], withinMs: 1 },
  helloWithinMs: 1,
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
const running = (pid: number): ChildState => ({ is: "running", pid, since: 0, lastSign: 0 });
const member = (id: string, state: ChildState, more: Partial<Counters> = {}): Member => ({
  child: { ...newChild(spec(id)), state },
  usage: undefined,
  counters: { ...counters, ...more },
  perMinute: undefined,
  lastError: undefined,
});
const judge = (members: readonly Member[]) => {
  const status = toSupervisorStatus({
    members,
    now: 0,
    startedAt: 0,
    pid: 1,
    pssKb: () => 1,
    asleep: [],
    troubles: [],
  });
  return `${status.health}: ${status.sentence}`;
};

const hub = member("hub", running(1));
const alice = member("worker:alice", running(2));
const deaf = member("worker:bob", running(3), { chatLink: "closed" });
const resting = member("worker:carol", { is: "resting", until: 9 });

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
      "one falls",
      [hub, alice, resting],
      "degraded: 1 of 2 channels work. worker:carol keeps falling and rests before the next try.",
    ],
    [
      "no hub",
      [member("hub", { is: "given-up", because: "bad-config" }), alice],
      "degraded: 1 of 1 channels work. hub was given up: its configuration is wrong.",
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

test("the memory watch looks at everybody within its round and names who has outgrown the ceiling", async () => {
  const clock = makeFakeClock();
  const sizes = new Map([
    [1, 50],
    [2, 101],
    [3, 100],
  ]);
  const reads: number[] = [];
  const tooLarge: string[] = [];
  const watch = startMemoryWatch({
    members: () => [hub, alice, deaf, resting],
    readPssKb(pid) {
      reads.push(pid);
      return sizes.get(pid);
    },
    clock,
    onTooLarge: (childId, pssKb) => tooLarge.push(`${childId} ${pssKb}`),
  });
  await clock.advance(4_000);
  expect(new Set(reads)).toEqual(new Set([1, 2, 3]));
  expect(tooLarge).toEqual(["worker:alice 101"]);
  const before = reads.length;
  watch.pssKb(3);
  watch.pssKb(3);
  expect(reads.length - before).toBeLessThanOrEqual(1);
  watch.stop();
  expect(clock.pending()).toBe(0);
});
