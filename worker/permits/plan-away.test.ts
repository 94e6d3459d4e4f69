import fc from "fast-check";
import { expect, test } from "vitest";
import type { AwayShare } from "../../shared/ipc/permit-words.ts";
import { makeFakeClock } from "../../tests/support/fake-clock.ts";
import { BELIEVED_FOR_MS, makeHubAbsence } from "./hub-absence.ts";
import { planAwayWait } from "./plan-away.ts";

const WINDOW_MS = 30_000;
const share = (more: Partial<AwayShare> = {}): AwayShare => ({
  count: 2,
  windowMs: WINDOW_MS,
  afterMs: 0,
  ...more,
});

test.each<[string, readonly number[], AwayShare, number, number | undefined]>([
  ["nothing used", [], share(), 0, 0],
  ["room left", [0], share(), 10, 0],
  ["full: until the oldest leaves the window", [0, 5_000], share(), 10_000, 20_000],
  ["old ones don't count", [0, 5_000], share(), 31_000, 0],
  ["no share at all: never", [], share({ count: 0 }), 0, undefined],
  ["what the hub granted before still counts", [], share({ afterMs: 40_500 }), 0, 40_400],
  ["not my turn", [], share({ count: 1, turn: { index: 2, of: 3 } }), 0, 60_000],
  ["my turn", [], share({ count: 1, turn: { index: 2, of: 3 } }), 70_000, 0],
  ["my turn, but I had it", [61_000], share({ count: 1, turn: { index: 2, of: 3 } }), 70_000, 21_000],
])("%s", (_what, usedAt, its, now, waitMs) => {
  expect(planAwayWait(usedAt, its, { now, wall: now, goneForMs: 100 })).toBe(waitMs);
});

test("whoever is not sure that there is no hub waits", () => {
  expect(planAwayWait([], share(), { now: 0, wall: 0, goneForMs: undefined })).toBeUndefined();
});

test("whoever waits as told never passes the share in any window", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 20 }),
      fc.integer({ min: 1, max: 100_000 }),
      fc.array(fc.integer({ min: 0, max: 10_000 }), { maxLength: 60 }),
      (count, windowMs, rests) => {
        const usedAt: number[] = [];
        let now = 0;
        for (const rest of rests) {
          now += rest;
          now += planAwayWait(usedAt, share({ count, windowMs }), { now, wall: now, goneForMs: now }) ?? 0;
          usedAt.push(now);
          expect(usedAt.filter((at) => now - at < windowMs).length).toBeLessThanOrEqual(count);
        }
      },
    ),
  );
});

test("only an empty door, looked at again and again, proves that there is no hub", async () => {
  const clock = makeFakeClock();
  const absence = makeHubAbsence(clock);
  expect(absence.goneForMs()).toBeUndefined();
  absence.nobodyThere(clock.now());
  await clock.advance(4_000);
  absence.nobodyThere(clock.now());
  await clock.advance(1_000);
  expect(absence.goneForMs()).toBe(5_000);
  // Nobody has looked for too long: a hub may have come.
  await clock.advance(BELIEVED_FOR_MS);
  expect(absence.goneForMs()).toBeUndefined();
  absence.nobodyThere(clock.now());
  expect(absence.goneForMs()).toBe(0);
  absence.perhapsSomebody();
  expect(absence.goneForMs()).toBeUndefined();
});
