import { describe, expect, test } from "vitest";
import { plainPaint } from "../paint.ts";
import { countExit, countReport, renderOutcomes } from "./outcome.ts";

const report = (change: object) =>
  JSON.stringify({
    numPassedTests: 5,
    numFailedTests: 0,
    numPendingTests: 0,
    numTodoTests: 0,
    testResults: [{ status: "passed", assertionResults: [{}] }],
    ...change,
  });

describe("countReport", () => {
  test.each([
    ["all passed", report({}), 0, { passed: 5, failed: 0, skipped: 0 }],
    ["some failed", report({ numFailedTests: 2 }), 1, { passed: 5, failed: 2, skipped: 0 }],
    [
      "some skipped",
      report({ numPendingTests: 1, numTodoTests: 1 }),
      0,
      { passed: 5, failed: 0, skipped: 2 },
    ],
    [
      "a file that did not load",
      report({ testResults: [{ status: "failed", assertionResults: [] }] }),
      1,
      { passed: 5, failed: 1, skipped: 0 },
    ],
    ["an error outside any test", report({}), 1, { passed: 5, failed: 1, skipped: 0 }],
    ["no report at all", undefined, 1, { passed: 0, failed: 1, skipped: 0 }],
    ["nonsense, although the exit code is 0", "{}", 0, { passed: 0, failed: 1, skipped: 0 }],
  ])("%s", (_name, text, exitCode, counts) => {
    expect(countReport(text, exitCode)).toEqual(counts);
  });
});

test("a tool without tests of its own counts as one", () => {
  expect(countExit(0)).toEqual({ passed: 1, failed: 0, skipped: 0 });
  expect(countExit(2)).toEqual({ passed: 0, failed: 1, skipped: 0 });
});

test("the last line is the sum, in a form that a script can read", () => {
  const outcomes = [
    { name: "types", passed: 1, failed: 0, skipped: 0, tookMs: 1_200 },
    { name: "unit", passed: 40, failed: 2, skipped: 1, tookMs: 9_000 },
  ];
  expect(renderOutcomes(outcomes, plainPaint).split("\n")).toEqual([
    "passed  types    1 passed, 0 failed in 1.2 s",
    "FAILED  unit     40 passed, 2 failed, 1 skipped in 9.0 s",
    "41 passed, 2 failed",
  ]);
});
