import { expect, test } from "vitest";
import { makeFakeClock } from "../tests/support/fake-clock.ts";
import type { Clock } from "./clock.ts";
import { startUsageWatch } from "./usage-watch.ts";

const block = (ms: number) => {
  const from = performance.now();
  while (performance.now() - from < ms);
};
const nextTurns = async () => {
  for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve));
};

test("each reader has its own span: what one has taken, the other still sees", async () => {
  const clock = makeFakeClock();
  const watch = startUsageWatch(clock);
  const [beats, system] = [watch.reader(), watch.reader()];
  await nextTurns();
  block(70);
  await nextTurns();
  await clock.advance(1_000);
  expect(beats.now().lagMs).toBeGreaterThanOrEqual(69);
  const taken = beats.take();
  expect(taken.lagMs).toBeGreaterThanOrEqual(69);
  // 70 ms and more of a second by the clock it was given.
  expect(taken.cpuPercent).toBeGreaterThan(0);
  expect(beats.now()).toMatchObject({ lagMs: 0, lagP99Ms: 0, cpuPercent: 0 });
  expect(system.take().lagMs).toBeGreaterThanOrEqual(69);
  watch.stop();
  expect(clock.pending()).toBe(0);
});

test("memory is told in each, and asked anew after half a minute", async () => {
  const clock = makeFakeClock();
  const watch = startUsageWatch(clock);
  const reader = watch.reader();
  const before = reader.take();
  expect(before.rssKb).toBeGreaterThan(before.heapKb);
  expect(before.heapKb).toBeGreaterThan(1_000);
  const hold = Array.from({ length: 1_000_000 }, (_, at) => ({ at }));
  expect(reader.take().heapKb).toBe(before.heapKb);
  await clock.advance(30_000);
  expect(reader.take().heapKb).not.toBe(before.heapKb);
  expect(hold).toHaveLength(1_000_000);
  watch.stop();
});

test("a loop that was kept waiting by the machine is late, too", () => {
  const looks: (() => void)[] = [];
  let now = 0;
  const clock: Clock = {
    now: () => now,
    wall: () => now,
    after: () => () => {},
    every(everyMs, call) {
      looks.push(() => {
        now += everyMs + 900;
        call();
      });
      return () => {};
    },
  };
  const watch = startUsageWatch(clock);
  const reader = watch.reader();
  for (const look of looks) look();
  expect(reader.take().lagMs).toBe(900);
  watch.stop();
});

test("a beat right after another tells the figures of that one, and what happens meanwhile comes with the next", async () => {
  const clock = makeFakeClock();
  const watch = startUsageWatch(clock);
  const reader = watch.reader();
  await clock.advance(6_000);
  const first = reader.take();
  block(30);
  await clock.advance(40);
  expect(reader.take()).toEqual(first);
  await clock.advance(5_960);
  // Some of 30 ms in 6 s: nothing of it was lost, and it is no 75 %.
  const { cpuPercent } = reader.take();
  expect(cpuPercent).toBeGreaterThan(0);
  expect(cpuPercent).toBeLessThan(75);
  watch.stop();
});
