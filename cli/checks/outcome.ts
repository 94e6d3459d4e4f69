/** What came of a check, and the last lines that say it. Pure. */
import * as v from "valibot";
import type { Millis } from "../../shared/clock.ts";
import { formatSeconds } from "../duration.ts";
import type { Paint } from "../paint.ts";

export interface Outcome {
  readonly name: string;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly tookMs: Millis;
}

type Counts = Pick<Outcome, "passed" | "failed" | "skipped">;

/** vitest's json report, as far as we read it. */
const Report = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({
    numPassedTests: v.number(),
    numFailedTests: v.number(),
    numPendingTests: v.number(),
    numTodoTests: v.number(),
    testResults: v.array(v.object({ status: v.string(), assertionResults: v.array(v.unknown()) })),
  }),
);

/**
 * A file that could not even be loaded has failed without a single test, and so has a run that ended badly with
 * every test passed (something threw outside a test). Neither may look like a success.
 */
export function countReport(report: string | undefined, exitCode: number): Counts {
  const parsed = v.safeParse(Report, report);
  if (!parsed.success) return { passed: 0, failed: 1, skipped: 0 };
  const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, testResults } = parsed.output;
  const unloaded = testResults.filter(
    (file) => file.status === "failed" && file.assertionResults.length === 0,
  ).length;
  const failed = numFailedTests + unloaded;
  return {
    passed: numPassedTests,
    failed: failed === 0 && exitCode !== 0 ? 1 : failed,
    skipped: numPendingTests + numTodoTests,
  };
}

export const countExit = (exitCode: number): Counts => ({
  passed: exitCode === 0 ? 1 : 0,
  failed: exitCode === 0 ? 0 : 1,
  skipped: 0,
});

const NAME_WIDTH = 8;

export function renderOutcomes(outcomes: readonly Outcome[], paint: Paint): string {
  const rows = outcomes.map(({ name, passed, failed, skipped, tookMs }) => {
    const verdict = failed === 0 ? paint("green", "passed") : paint("red", "FAILED");
    const left = skipped === 0 ? "" : `, ${skipped} skipped`;
    return `${verdict}  ${name.padEnd(NAME_WIDTH)} ${passed} passed, ${failed} failed${left} in ${formatSeconds(tookMs)}`;
  });
  const sum = (pick: (outcome: Outcome) => number) => outcomes.reduce((total, one) => total + pick(one), 0);
  return [...rows, `${sum((one) => one.passed)} passed, ${sum((one) => one.failed)} failed`].join("\n");
}
