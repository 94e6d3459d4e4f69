/** What whoever started the worker reads. */
import { EXIT_BAD_CONFIG, KissError } from "../shared/errors.ts";
import { safeText } from "../shared/safe-text.ts";

/** What Twitch said may stand in it. */
export function say(text: string): void {
  process.stdout.write(`${new Date().toTimeString().slice(0, "hh:mm:ss".length)}  ${safeText(text)}\n`);
}

/** Says what ends the process and what to do. Answers with the exit code that belongs to it. */
export function complain(problem: Error): number {
  const isOurs = problem instanceof KissError;
  process.stderr.write(`kissbot: ${problem.message}\n${isOurs ? problem.hint : (problem.stack ?? "")}\n`);
  if (!isOurs) return 1;
  // Until somebody has logged in, trying again changes nothing.
  return problem.code === "needs-reauth" ? EXIT_BAD_CONFIG : problem.exitCode;
}
