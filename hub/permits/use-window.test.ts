import fc from "fast-check";
import { expect, test } from "vitest";
import { SLACK_MS } from "./limits.ts";
import { makeUseWindow } from "./use-window.ts";

const WINDOW_MS = 1_000;
const grant = (name: string, count = 1, until = 100, channel = "a", asViewer = false) => ({
  name,
  channel,
  count,
  until,
  asViewer,
});

test("a grant counts until a window after its last possible use; what is told of it makes that sooner", () => {
  const window = makeUseWindow(WINDOW_MS);
  window.add(grant("lease", 3, 100), 0);
  const untold = makeUseWindow(WINDOW_MS);
  untold.add(grant("lease", 3, 100), 0);
  expect([untold.count(1_099), untold.count(1_100)]).toEqual([3, 0]);
  window.tell(grant("lease"), { usedAt: [20], left: 1 }, 30);
  expect([window.count(30), window.countOf("a", 30), window.countOf("b", 30)]).toEqual([2, 2, 0]);
  expect([window.count(1_019), window.count(1_040), window.count(1_100)]).toEqual([2, 1, 0]);
});

test("telling the same again, or an older picture, changes nothing", () => {
  const window = makeUseWindow(WINDOW_MS);
  window.add(grant("lease", 4), 0);
  window.tell(grant("lease"), { usedAt: [10, 20], left: 0 }, 30);
  window.tell(grant("lease"), { usedAt: [11], left: 3 }, 40);
  window.tell(grant("lease"), { usedAt: [15, 25], left: 0 }, 50);
  expect([window.count(50), window.open(50).length]).toEqual([2, 0]);
  expect(window.count(1_040)).toBe(0);
});

test("a grant of another hub is taken as its worker tells it", () => {
  const window = makeUseWindow(WINDOW_MS);
  window.tell(grant("old", 0, 300), { usedAt: [-500], left: 2 }, 0);
  expect([window.count(0), window.count(520), window.count(1_299), window.count(1_300)]).toEqual([
    3, 2, 2, 0,
  ]);
});

test("a viewer's use pins the smaller limit until it has surely reached Twitch", () => {
  const window = makeUseWindow(WINDOW_MS);
  expect(window.viewerUntil(0)).toBeUndefined();
  window.add(grant("v", 1, 3_000, "a", true), 0);
  expect(window.viewerUntil(10)).toBe(3_500);
  window.tell(grant("v"), { usedAt: [20], left: 0 }, 30);
  expect([window.viewerUntil(30), window.viewerUntil(520)]).toEqual([520, undefined]);
});

test("a use that is slow on its way counts, and pins the smaller limit, until it has arrived and a window after", () => {
  const window = makeUseWindow(WINDOW_MS);
  window.add(grant("v", 1, 3_000, "a", true), 0);
  window.add(grant("other", 1, 3_000, "b", true), 0);
  const arrived = window.leave("a", 90_000, 100);
  // Its worker is no more, or no longer waits for the answer.
  window.endOpen("a", 200, 150);
  expect([window.countOf("a", 13_000), window.countOf("b", 13_000)]).toEqual([1, 0]);
  expect(window.viewerUntil(13_000)).toBe(90_500);
  window.tell(grant("v"), { usedAt: [10_000], left: 0 }, 13_000);
  expect([window.count(13_000), window.viewerUntil(13_000)]).toEqual([1, 90_500]);
  arrived(14_000);
  expect([window.viewerUntil(14_000), window.viewerUntil(14_500)]).toEqual([14_500, undefined]);
  window.tell(grant("v"), { usedAt: [10_000], left: 0 }, 14_000);
  expect([window.count(14_999), window.count(15_020)]).toEqual([1, 0]);
});

test("one whose answer comes soon changes nothing of what is left of its grant", () => {
  const window = makeUseWindow(WINDOW_MS);
  window.add(grant("lease", 3, 10_000, "a", true), 0);
  window.leave("a", 90_000, 100)(300);
  window.tell(grant("lease"), { usedAt: [310], left: 2 }, 310);
  expect(window.viewerUntil(310)).toBe(10_500);
  expect([window.count(1_300), window.count(1_340), window.count(11_000)]).toEqual([3, 2, 0]);
});

test("what is left with a process that is no more counts on, and pins the smaller limit no longer", () => {
  const window = makeUseWindow(WINDOW_MS);
  window.add(grant("dead", 5, 10_000, "a", true), 0);
  window.add(grant("other", 2, 10_000, "b"), 0);
  window.tell(grant("dead"), { usedAt: [500], left: 4 }, 600);
  window.endOpen("a", 800, 700);
  expect(window.viewerUntil(700)).toBe(800 + SLACK_MS);
  expect(window.viewerUntil(800 + SLACK_MS)).toBeUndefined();
  expect(window.open(800).map(({ name }) => name)).toEqual(["other"]);
  expect([window.countOf("a", 1_499), window.countOf("a", 1_799), window.countOf("a", 1_800)]).toEqual([
    5, 4, 0,
  ]);
  // What was told longer ago than that changes nothing.
  window.endOpen("a", 900, 850);
  expect(window.viewerUntil(1_400)).toBeUndefined();
});

test("what nobody can tell is counted until it is said to be over", () => {
  const window = makeUseWindow(WINDOW_MS);
  window.block(20, 5_000);
  expect([window.count(0), window.viewerUntil(0)]).toEqual([20, 5_500]);
  window.unblock();
  expect([window.count(0), window.viewerUntil(0)]).toEqual([0, undefined]);
});

test("knows when there will be room, and when there would be if all came back", () => {
  const window = makeUseWindow(WINDOW_MS);
  window.add(grant("used", 2, 0), 0);
  window.tell(grant("used"), { usedAt: [-400, -200], left: 0 }, 0);
  window.add(grant("open", 2, 500), 0);
  expect([4, 3, 2, 1, 0, -1].map((most) => window.fallsTo(most, 0))).toEqual([
    0,
    600,
    800,
    1_500,
    1_500,
    Number.POSITIVE_INFINITY,
  ]);
  expect(window.fallsTo(1, 0, "settled")).toBe(600);
  expect(window.nextLeavesAt(0)).toBe(600);
});

test("counts the same as somebody who keeps every grant and asks each anew", () => {
  const step = fc.record({
    restMs: fc.integer({ min: 0, max: 700 }),
    count: fc.integer({ min: 1, max: 5 }),
    goodForMs: fc.integer({ min: 1, max: 400 }),
    used: fc.integer({ min: 0, max: 5 }),
    isBack: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const window = makeUseWindow(WINDOW_MS);
      const all: { until: number; left: number; usedAt: number[] }[] = [];
      let now = 0;
      for (const [index, { restMs, count, goodForMs, used, isBack }] of steps.entries()) {
        now += restMs;
        const before = all.at(-1);
        if (before && before.until > now) {
          const uses = Math.min(used, before.left);
          before.usedAt.push(...Array.from({ length: uses }, () => now));
          before.left = isBack ? 0 : before.left - uses;
          const { usedAt, left } = before;
          window.tell(grant(`g${index - 1}`), { usedAt: [...usedAt], left }, now);
        }
        const until = now + goodForMs;
        window.add(grant(`g${index}`, count, until), now);
        all.push({ until, left: count, usedAt: [] });
        const counted = all.reduce(
          (sum, one) =>
            sum +
            (one.until + WINDOW_MS > now ? one.left : 0) +
            one.usedAt.filter((at) => at + WINDOW_MS > now).length,
          0,
        );
        // Never less; up to a piece of time more (leavings.ts).
        expect(window.count(now)).toBeGreaterThanOrEqual(counted);
        now += 20;
        expect(window.count(now)).toBeLessThanOrEqual(counted);
      }
    }),
  );
});

test("keeps a verified bot's whole window, without looking through it at each grant", () => {
  const window = makeUseWindow(30_500);
  const began = performance.now();
  let now = 0;
  for (let n = 0; n < 15_000; n += 1) {
    now += 4;
    window.add(grant(`${n}`, 1, now + 3_000, `c${n % 100}`), now);
    window.tell(grant(`${n}`), { usedAt: [now], left: 0 }, now);
  }
  expect(window.count(now)).toBeGreaterThanOrEqual(30_500 / 4);
  expect(window.count(now)).toBeLessThanOrEqual(30_520 / 4 + 1);
  expect(window.countOf("c1", now)).toBeGreaterThanOrEqual(76);
  // 0.3 s on an idle machine; a search through the window takes minutes.
  expect(performance.now() - began).toBeLessThan(10_000);
});
