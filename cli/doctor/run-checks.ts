/** Runs all checks side by side, each under a deadline: one that hangs is a finding, and holds up no other. */
import type { Millis } from "../../shared/clock.ts";
import { toError } from "../../shared/errors.ts";
import type { Desk } from "../verb.ts";
import type { Check, Finding } from "./check.ts";

export interface Examined {
  readonly check: string;
  readonly findings: readonly Finding[];
}

/** Twitch is asked within it twice over. */
export const CHECK_WITHIN_MS: Millis = 20_000;

export function runChecks(checks: readonly Check[], desk: Desk): Promise<readonly Examined[]> {
  return Promise.all(checks.map((check) => runCheck(check, desk)));
}

async function runCheck(check: Check, desk: Desk): Promise<Examined> {
  let cancel = () => {};
  const late = new Promise<readonly Finding[]>((resolve) => {
    cancel = desk.clock.after(CHECK_WITHIN_MS, () => resolve([unfinished(CHECK_WITHIN_MS)]));
  });
  // In a later turn, so that those that ask the network have all asked before one reads the disk.
  const looked = new Promise<void>(setImmediate)
    .then(() => check.run(desk))
    .catch((thrown: unknown): readonly Finding[] => [brokenBy(thrown)]);
  const findings = await Promise.race([looked, late]);
  cancel();
  return { check: check.name, findings };
}

const unfinished = (withinMs: Millis): Finding => ({
  level: "warn",
  says: `not finished within ${withinMs / 1_000} s`,
  fix: "run ./kissbot.sh doctor again; if it stays so, the network or the disk is slow",
});

/** A check's own defect: it is told of and counts, because nothing was seen. */
const brokenBy = (thrown: unknown): Finding => ({
  level: "fail",
  says: `could not look: ${toError(thrown).message}`,
  fix: "this is a bug in the check: please report it with this line",
});

/** Pure: 0 all is well, 1 something to look at, 2 something that keeps the house from working. */
export function judgeFindings(examined: readonly Examined[]): 0 | 1 | 2 {
  const levels = new Set(examined.flatMap(({ findings }) => findings.map(({ level }) => level)));
  if (levels.has("fail")) return 2;
  return levels.has("warn") ? 1 : 0;
}
