import fc from "fast-check";
import { expect, test } from "vitest";
import { planAwayWait } from "./away-budget.ts";

const WINDOW_MS = 30_000;

test.each([
  ["nothing sent", [], 2, 0, 0],
  ["room left", [0], 2, 10, 0],
  ["full: until the oldest leaves the window", [0, 5_000], 2, 10_000, 20_000],
  ["old ones don't count", [0, 5_000], 2, 31_000, 0],
  ["no share at all: never within a window", [], 0, 0, WINDOW_MS],
])("%s", (_what, sentAt, count, now, waitMs) => {
  expect(planAwayWait(sentAt, { count, windowMs: WINDOW_MS }, now)).toBe(waitMs);
});

test("among very many workers each has one in a longer window", () => {
  expect(planAwayWait([0], { count: 1, windowMs: 300_000 }, 100_000)).toBe(200_000);
});

test("whoever waits as told never passes the budget in any window", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 20 }),
      fc.integer({ min: 1, max: 100_000 }),
      fc.array(fc.integer({ min: 0, max: 10_000 }), { maxLength: 60 }),
      (count, windowMs, rests) => {
        const sentAt: number[] = [];
        let now = 0;
        for (const rest of rests) {
          now += rest;
          now += planAwayWait(sentAt, { count, windowMs }, now);
          sentAt.push(now);
          expect(sentAt.filter((at) => now - at < windowMs).length).toBeLessThanOrEqual(count);
        }
      },
    ),
  );
});
