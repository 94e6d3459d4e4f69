import { describe, expect, test } from "vitest";
import { makeFakeClock } from "../../tests/support/fake-clock.ts";
import { NO_SHARES, SHARES_REST_MS, toAwayShares } from "./away-shares.ts";
import { ORDINARY_LIMITS, VERIFIED_LIMITS } from "./limits.ts";
import { makeShareOut } from "./share-out.ts";

describe.each([
  [20, ORDINARY_LIMITS],
  [7_500, VERIFIED_LIMITS],
])("of %i messages", (limit, limits) => {
  test.each([1, 2, 7, 20, 21, 40, 100, 1_000])(
    "the shares of %i workers stay within any window",
    (sharers) => {
      const shares = Array.from({ length: sharers }, (_, index) => toAwayShares(limits, index, sharers).send);
      expect(shares.every(({ count }) => count > 0)).toBe(true);
      const turns = Map.groupBy(shares, ({ turn }) => turn?.index ?? -1);
      // Without turns all may speak in one window; with turns those of two that follow each other.
      const most = Math.max(
        ...[...turns.values()].map((its) => its.reduce((sum, { count }) => sum + count, 0)),
      );
      expect(turns.has(-1) ? most : 2 * most).toBeLessThanOrEqual(limit);
    },
  );
});

test("a share is taken from everybody before it is cut anew", async () => {
  const clock = makeFakeClock();
  const told: string[] = [];
  const shareOut = makeShareOut({
    limits: ORDINARY_LIMITS,
    clock,
    channels: ["a", "b"],
    tell: (channel, { send }) => told.push(`${channel} ${send.count}`),
  });
  // A hub that has just come gives none yet: somebody may hold one of another hub.
  expect(shareOut.came("a")).toBe(NO_SHARES);
  await clock.advance(SHARES_REST_MS);
  expect(told.splice(0)).toEqual(["a 10"]);
  expect(shareOut.came("b").send.count).toBe(10);

  shareOut.among(["a", "b", "c", "d"]);
  expect(told.splice(0)).toEqual(["a 0", "b 0"]);
  expect(shareOut.came("c")).toBe(NO_SHARES);
  await clock.advance(2_000);
  expect(told.splice(0)).toEqual(["a 5", "b 5", "c 5"]);

  // The same again is no change.
  shareOut.among(["d", "c", "b", "a"]);
  expect(told).toEqual([]);

  // Somebody who holds an old share is away: nobody gets a new one until they are back or forgotten.
  shareOut.left("a");
  shareOut.among(["a", "b"]);
  await clock.advance(30_000);
  expect(told.splice(0)).toEqual(["b 0", "c 0"]);
  shareOut.came("a");
  await clock.advance(2_000);
  expect(told.splice(0)).toEqual(["b 10", "c 0", "a 10"]);
  shareOut.stop();
  expect(clock.pending()).toBe(0);
});
