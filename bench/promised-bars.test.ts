import { expect, test } from "vitest";
import { type Bar, isReached, renderBars } from "./promised-bars.ts";

const bar = (value: number | undefined): Bar => ({ what: "weight", value, bar: 24, unit: "MB", digits: 1 });

test.each<[number | undefined, boolean]>([
  [23.9, true],
  [24, true],
  [24.01, false],
  [Number.NaN, false],
  [undefined, false],
])("%s MB of 24: %s", (value, reached) => {
  expect(isReached(bar(value))).toBe(reached);
});

test("a floor is to be passed", () => {
  const floor = (value: number): Bar => ({ ...bar(value), isFloor: true });
  expect([23, 24, 25].map((value) => isReached(floor(value)))).toEqual([false, true, true]);
  expect(renderBars([floor(25)])).toEqual(["  weight  25.0 MB, bar ≥ 24 MB: reached"]);
});

test("each is a line that says so", () => {
  expect(renderBars([bar(20), { ...bar(undefined), what: "what nobody measured" }])).toEqual([
    "  weight                20.0 MB, bar ≤ 24 MB: reached",
    "  what nobody measured  nothing MB, bar ≤ 24 MB: NOT REACHED",
  ]);
});
