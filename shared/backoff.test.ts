import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { restMs } from "./backoff.ts";

const backoff = { first: 100, longest: 5_000, jitter: 0.5 };

describe("restMs", () => {
  test.each([
    [1, 0, 50],
    [1, 0.999, 100],
    [2, 0, 100],
    [4, 0, 400],
    [7, 0, 2_500],
    [1_000, 0, 2_500],
  ])("after %i failures with fraction %f rests %i ms", (failures, fraction, rest) => {
    expect(restMs(backoff, failures, fraction)).toBe(rest);
  });

  test("never rests longer than the longest, never less than the jitter allows", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 10_000 }),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (failures, fraction) => {
          const rest = restMs(backoff, failures, fraction);
          expect(rest).toBeGreaterThanOrEqual(50);
          expect(rest).toBeLessThanOrEqual(backoff.longest);
        },
      ),
    );
  });
});
