import fc from "fast-check";
import { expect, test } from "vitest";
import { makeFakeClock, settled } from "../../tests/support/fake-clock.ts";
import { makeRateBudget } from "./rate-budget.ts";

const limits = { calls: 4, windowMs: 1_000, openMax: 8 };

test("the fifth in a second waits for the first to be a second old", async () => {
  const clock = makeFakeClock();
  const budget = makeRateBudget({ clock, limits });
  const given: number[] = [];
  for (let n = 0; n < 6; n += 1)
    void budget.take(5_000).then((permit) => {
      given.push(clock.now());
      permit?.done();
    });
  await settled();
  expect(given).toHaveLength(4);
  await clock.advance(1_000);
  expect(given).toHaveLength(6);
  expect(clock.pending()).toBe(0);
});

test("whoever can't have one in time is told at once", async () => {
  const clock = makeFakeClock();
  const budget = makeRateBudget({ clock, limits: { calls: 1, windowMs: 10_000, openMax: 1 } });
  (await budget.take(100))?.done();
  expect(await budget.take(100)).toBeUndefined();
});

test("as many at once as there may be open, the next when one is done", async () => {
  const clock = makeFakeClock();
  const budget = makeRateBudget({ clock, limits: { calls: 100, windowMs: 1_000, openMax: 2 } });
  const [first] = await Promise.all([budget.take(1_000), budget.take(1_000)]);
  let third = false;
  const waiting = budget.take(1_000).then((permit) => {
    third = true;
    permit?.done();
  });
  await settled();
  expect(third).toBe(false);
  first?.done();
  await waiting;
  expect(third).toBe(true);
});

test("one that waits for an open place gives up at its time", async () => {
  const clock = makeFakeClock();
  const budget = makeRateBudget({ clock, limits: { calls: 100, windowMs: 1_000, openMax: 1 } });
  await budget.take(1_000);
  let end: unknown = "waits";
  void budget.take(300).then((permit) => {
    end = permit;
  });
  await clock.advance(300);
  expect(end).toBeUndefined();
  expect(clock.pending()).toBe(0);
});

test("a month that is used up gives none", async () => {
  let left = 2;
  const clock = makeFakeClock();
  const budget = makeRateBudget({
    clock,
    limits,
    hasMonthRoom: () => left > 0,
    onCall() {
      left -= 1;
    },
  });
  const permits = await Promise.all([budget.take(10), budget.take(10)]);
  expect(permits.every((one) => one !== undefined)).toBe(true);
  expect(await budget.take(10)).toBeUndefined();
});

test("however they come and go: never more in a window, never more at once, and everybody is answered", async () => {
  const step = fc.record({
    afterMs: fc.integer({ min: 0, max: 400 }),
    holdMs: fc.integer({ min: 0, max: 900 }),
    withinMs: fc.integer({ min: 0, max: 3_000 }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
      const clock = makeFakeClock();
      const tight = { calls: 3, windowMs: 1_000, openMax: 2 };
      const budget = makeRateBudget({ clock, limits: tight });
      const sent: number[] = [];
      let open = 0;
      let answered = 0;
      for (const { afterMs, holdMs, withinMs } of steps) {
        await clock.advance(afterMs);
        void budget.take(withinMs).then((permit) => {
          answered += 1;
          if (!permit) return;
          sent.push(clock.now());
          open += 1;
          expect(open).toBeLessThanOrEqual(tight.openMax);
          clock.after(holdMs, () => {
            open -= 1;
            permit.done();
          });
        });
        await settled();
      }
      await clock.advance(10_000);
      expect(answered).toBe(steps.length);
      for (const at of sent)
        expect(sent.filter((other) => other > at - tight.windowMs && other <= at).length).toBeLessThanOrEqual(
          tight.calls,
        );
      expect(clock.pending()).toBe(0);
    }),
    { numRuns: 50 },
  );
});
