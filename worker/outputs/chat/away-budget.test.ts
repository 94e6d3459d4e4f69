import fc from "fast-check";
import { expect, test } from "vitest";
import { BUDGET_WINDOW_MS, planAwayWait } from "./away-budget.ts";

test.each([
  ["nothing sent", [], 2, 0, 0],
  ["room left", [0], 2, 10, 0],
  ["full: until the oldest leaves the window", [0, 5_000], 2, 10_000, 20_000],
  ["old ones don't count", [0, 5_000], 2, 31_000, 0],
  ["no share at all: never within a window", [], 0, 0, BUDGET_WINDOW_MS],
])("%s", (_what, sentAt, budget, now, waitMs) => {
  expect(planAwayWait(sentAt, budget, now)).toBe(waitMs);
});

test("whoever waits as told never passes the budget in any window", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 20 }),
      fc.array(fc.integer({ min: 0, max: 10_000 }), { maxLength: 60 }),
      (budget, rests) => {
        const sentAt: number[] = [];
        let now = 0;
        for (const rest of rests) {
          now += rest;
          now += planAwayWait(sentAt, budget, now);
          sentAt.push(now);
          expect(sentAt.filter((at) => now - at < BUDGET_WINDOW_MS).length).toBeLessThanOrEqual(budget);
        }
      },
    ),
  );
});
