/** What is told of a database that turns out damaged while it is used: the first process to meet it says so, once. */
import { KissError } from "./errors.ts";

export const DAMAGE = "database-damaged";

/** SQLite's own word, or ours for it. */
export const isDamage = (problem: unknown): problem is Error =>
  problem instanceof KissError
    ? problem.code === DAMAGE
    : problem instanceof Error && "code" in problem && String(problem.code).startsWith("SQLITE_CORRUPT");

/** As it stands among the last words of a process that fell over it. */
export const tellsOfDamage = (words: string): boolean =>
  words.includes("SQLITE_CORRUPT") || words.includes("database disk image is malformed");

/** For every error that a process logs. */
export function makeDamageReport(tell: (detail: string) => void): (problem: Error) => void {
  let isTold = false;
  return (problem) => {
    if (isTold || !isDamage(problem)) return;
    isTold = true;
    tell(problem.message);
  };
}
