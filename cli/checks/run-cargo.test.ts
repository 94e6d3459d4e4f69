import { expect, test } from "vitest";
import { countCargo } from "./run-cargo.ts";

const line = (passed: number, failed: number) =>
  `test result: ${failed > 0 ? "FAILED" : "ok"}. ${passed} passed; ${failed} failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.01s`;

test.each([
  [
    "all files are added up",
    `x\n${line(3, 0)}\nrunning\n${line(4, 0)}\n`,
    0,
    { passed: 7, failed: 0, skipped: 2 },
  ],
  ["some failed", `${line(3, 2)}\n`, 101, { passed: 3, failed: 2, skipped: 1 }],
  ["it did not compile", "", 101, { passed: 0, failed: 1, skipped: 0 }],
  ["it died after its tests", `${line(3, 0)}\n`, 101, { passed: 3, failed: 1, skipped: 1 }],
])("%s", (_, output, exitCode, counts) => {
  expect(countCargo(output, exitCode)).toEqual(counts);
});
