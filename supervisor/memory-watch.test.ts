import * as v from "valibot";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ChildId } from "../shared/ids.ts";
import { type FakeClock, makeFakeClock } from "../tests/support/fake-clock.ts";
import { type ChildSpec, newChild } from "./child-spec.ts";
import { type MemoryWatch, startMemoryWatch } from "./memory-watch.ts";
import type { Member } from "./post.ts";

const CEILING_KB = 100;
const ROUND_MS = 30_000;
const spec: Omit<ChildSpec, "id"> = {
  entry: "x.mjs",
  execArgv: [],
  papers: {},
  crashLog: "x.log",
  startsAfter: [],
  stages: [],
  heartbeat: { everyMs: 1, missesMax: 1 },
  stopWithinMs: 1,
  pssKbMax: CEILING_KB,
  patience: { restartsMax: 1, windowMs: 1, rest: { first: 1, longest: 1, jitter: 0 } },
};

/** `rssKb` is what the child tells of itself; undefined: it has told nothing yet. */
const member = (pid: number, rssKb: number | undefined): Member => ({
  child: {
    ...newChild({ ...spec, id: v.parse(ChildId, `worker:channel_${pid}`) }),
    state: { is: "running", pid, lastSign: 0 },
  },
  usage:
    rssKb === undefined ? undefined : { lagMs: 0, lagP99Ms: 0, cpuPercent: 0, heapKb: 0, handles: 0, rssKb },
  counters: undefined,
  perMinute: undefined,
  errors: [],
});

let clock: FakeClock;
let members: Member[];
let sizes: Map<number, number>;
let reads: number[];
let tooLarge: string[];
let watch: MemoryWatch;

beforeEach(() => {
  clock = makeFakeClock();
  members = [];
  sizes = new Map();
  reads = [];
  tooLarge = [];
  watch = startMemoryWatch({
    members: () => members,
    readPssKb(pid) {
      reads.push(pid);
      return sizes.get(pid);
    },
    clock,
    onTooLarge: (childId, pssKb) => tooLarge.push(`${childId} ${pssKb}`),
  });
});
afterEach(() => {
  watch.stop();
  expect(clock.pending()).toBe(0);
});

test("who cannot be above the ceiling is not looked at, and who may be is, within a round", async () => {
  members = [member(1, CEILING_KB), member(2, CEILING_KB + 1), member(3, 500), member(4, undefined)];
  sizes = new Map([
    [2, CEILING_KB],
    [3, CEILING_KB + 1],
    [4, 50],
  ]);
  await clock.advance(ROUND_MS);
  expect(new Set(reads)).toEqual(new Set([2, 3, 4]));
  expect(new Set(tooLarge)).toEqual(new Set([`worker:channel_3 ${CEILING_KB + 1}`]));
});

test("while somebody asks again and again all are looked at, a few at a time; afterwards nobody is", async () => {
  members = Array.from({ length: 60 }, (_, pid) => member(pid, 1));
  watch.lastPssKb(0);
  await clock.advance(5_000);
  expect(reads).toHaveLength(1 + 10);
  await clock.advance(ROUND_MS - 5_000);
  expect(new Set(reads).size).toBe(60);
  await clock.advance(3 * ROUND_MS);
  const before = reads.length;
  await clock.advance(10 * ROUND_MS);
  expect(reads).toHaveLength(before);
});

test("`status` has figures of some seconds ago at most, each read once", async () => {
  sizes.set(7, 33);
  expect(watch.pssKb(7)).toBe(33);
  sizes.set(7, 44);
  expect(watch.pssKb(7)).toBe(33);
  await clock.advance(5_001);
  expect(watch.pssKb(7)).toBe(44);
  expect(reads).toEqual([7, 7]);
});

test("all can be made fresh at once, a few in each turn of the loop", async () => {
  members = Array.from({ length: 20 }, (_, pid) => member(pid, 1));
  watch.pssKb(3);
  let isDone = false;
  const refreshed = watch.refresh().then(() => {
    isDone = true;
  });
  expect(reads.length).toBeLessThan(10);
  expect(isDone).toBe(false);
  await refreshed;
  expect(reads.toSorted((a, b) => a - b)).toEqual([...Array(20).keys()]);
  await watch.refresh();
  expect(reads).toHaveLength(20);
});
