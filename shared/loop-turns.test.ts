import fc from "fast-check";
import { expect, test } from "vitest";
import { makeSpread, watchTurns } from "./loop-turns.ts";

/** From one bin to the next. */
const TOO_LARGE_MAX = 1.2;
const SMALLEST_MS = 0.25;

test("a percentile is the true one or a little more, whatever the durations", () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 0, max: 100_000, noNaN: true }), { minLength: 1 }),
      fc.constantFrom(0.5, 0.95, 0.99, 1),
      (durations, share) => {
        const spread = makeSpread();
        for (const ms of durations) spread.add(ms);
        const sorted = durations.toSorted((a, b) => a - b);
        const exact = sorted[Math.ceil(share * sorted.length) - 1] ?? 0;
        expect(spread.max()).toBe(sorted.at(-1));
        expect(spread.percentile(share)).toBeGreaterThanOrEqual(exact * (1 - 1e-9));
        expect(spread.percentile(share)).toBeLessThanOrEqual(
          Math.max(SMALLEST_MS, exact * TOO_LARGE_MAX) + 1e-6,
        );
      },
    ),
  );
});

test("nothing is zero, and a reset forgets all", () => {
  const spread = makeSpread();
  expect([spread.max(), spread.percentile(0.99)]).toEqual([0, 0]);
  spread.add(40);
  spread.reset();
  expect([spread.max(), spread.percentile(0.99)]).toEqual([0, 0]);
});

test("a turn that blocks the loop is told as long as it was, and the watch itself makes no turns", async () => {
  const turns: number[] = [];
  const stop = watchTurns((ms) => turns.push(ms));
  expect(process.getActiveResourcesInfo()).not.toContain("Immediate");
  const blockedMs = await new Promise<number>((resolve) => {
    setImmediate(() => {
      const from = performance.now();
      while (performance.now() - from < 60);
      resolve(performance.now() - from);
    });
  });
  for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  stop();
  expect(Math.max(...turns)).toBeGreaterThanOrEqual(blockedMs - 1);
  const told = turns.length;
  for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  expect(turns).toHaveLength(told);
});

test("in a rush of turns few are told, and one that blocks is told all the same, 2 ms too long at most", async () => {
  const turns: number[] = [];
  const stop = watchTurns((ms) => turns.push(ms));
  const RUSH = 2_000;
  let blockedMs = 0;
  let slow = 0;
  let before = performance.now();
  for (let turn = 0; turn < RUSH; turn += 1) {
    await new Promise((resolve) => setImmediate(resolve));
    // A machine that has other things to do makes turns slow.
    if (performance.now() - before >= 1) slow += 1;
    before = performance.now();
    if (turn !== RUSH / 2) continue;
    const from = performance.now();
    while (performance.now() - from < 60);
    blockedMs = performance.now() - from;
  }
  // The one that was under way ends, and turns are told one by one again.
  await new Promise((resolve) => setTimeout(resolve, 5));
  await new Promise((resolve) => setImmediate(resolve));
  stop();
  expect(Math.max(...turns)).toBeGreaterThanOrEqual(blockedMs - 1);
  expect(turns.length).toBeLessThan(RUSH / 2 + slow);
});
