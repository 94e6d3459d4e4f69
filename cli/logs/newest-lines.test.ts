import { describe, expect, test } from "vitest";
import { makeLineFilter } from "./line-filter.ts";
import { newestLines } from "./newest-lines.ts";

const line = (second: number, fields: object = {}) =>
  JSON.stringify({
    level: "info",
    time: new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString(),
    msg: String(second),
    ...fields,
  });

/** `logs`: oldest first, numbers are lines of that second. */
function check(logs: readonly (readonly (number | string)[])[], count: number, wish = {}): string[] {
  const sources = logs.map((lines, index) => ({
    origin: String(index),
    lines: lines.map((one) => (typeof one === "number" ? line(one) : one)).reverse(),
    judge: makeLineFilter(String(index), wish),
  }));
  return newestLines(sources, count).map(({ origin, text }) =>
    text.startsWith("{") ? `${origin}:${JSON.parse(text).msg}` : `${origin}:${text}`,
  );
}

describe("the newest of several logs", () => {
  test.each<[string, readonly (readonly (number | string)[])[], number, readonly string[]]>([
    [
      "by time",
      [
        [1, 4],
        [2, 3],
      ],
      9,
      ["0:1", "1:2", "1:3", "0:4"],
    ],
    [
      "as many as are asked for",
      [
        [1, 4],
        [2, 3],
      ],
      3,
      ["1:2", "1:3", "0:4"],
    ],
    ["none", [[1]], 0, []],
    ["of nothing", [[], []], 5, []],
    ["a log keeps its order, also when its clock was set back", [[5, 3], [4]], 9, ["0:5", "0:3", "1:4"]],
    ["of the same instant in the order of the logs", [[1], [1]], 9, ["0:1", "1:1"]],
    [
      "what has no time stays behind its line",
      [[1, "stack", "more", 4], [2]],
      9,
      ["0:1", "0:stack", "0:more", "1:2", "0:4"],
    ],
    ["also where the count cuts it", [[1, "stack", "more"], [0]], 1, ["0:more"]],
    ["what has no time at all is the oldest", [["garbage"], [1]], 9, ["0:garbage", "1:1"]],
  ])("%s", (_what, logs, count, wanted) => {
    expect(check(logs, count)).toEqual(wanted);
  });
});

test("what stands behind a line that is too old is as old", () => {
  const since = Date.UTC(2026, 0, 1, 0, 0, 2);
  expect(check([[1, "old stack", 2, "stack"]], 9, { since })).toEqual(["0:2", "0:stack"]);
});

test("what stands behind a line that is not wanted is looked at for itself", () => {
  expect(check([[1, "stack of it"], [2]], 9, { grep: "stack" })).toEqual(["0:stack of it"]);
});

test("reads no further than it must, and garbage in bounded pieces", () => {
  let read = 0;
  function* endless() {
    for (;;) {
      read += 1;
      yield "garbage";
    }
  }
  const log = { origin: "x", lines: endless(), judge: () => "take" as const };
  expect(newestLines([log], 5)).toHaveLength(5);
  expect(read).toBeLessThan(10_000);
});
