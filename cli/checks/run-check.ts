/** Runs one check with the tools of node_modules, whatever stands in PATH. */
import { mkdtempSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Clock, Millis } from "../../shared/clock.ts";
import { checkoutFolder } from "../../shared/home.ts";
import { runInGroup } from "../run-in-group.ts";
import type { Check } from "./check-list.ts";
import { countExit, countReport, type Outcome } from "./outcome.ts";
import { runCargoTests } from "./run-cargo.ts";

export interface Surroundings {
  readonly clock: Clock;
  readonly environment: NodeJS.ProcessEnv;
}

/** Several times what the slowest takes. */
const ENDS_WITHIN_MS: Millis = 20 * 60_000;

/** `say`: for what a check says that runs beside another. */
export async function runCheck(
  check: Check,
  { clock, environment }: Surroundings,
  say: (text: string) => void,
): Promise<Outcome> {
  const startedAt = clock.now();
  const counts = await count(check, { clock, environment }, say);
  return { name: check.name, ...counts, tookMs: clock.now() - startedAt };
}

async function count(
  check: Check,
  using: Surroundings,
  say: (text: string) => void,
): Promise<Omit<Outcome, "name" | "tookMs">> {
  switch (check.is) {
    case "tool":
      return countExit(await runTool(check.tool, check.args, using));
    case "ring":
      return runRing(check.ring, using);
    case "cargo":
      return runCargoTests({ ...using, say });
  }
}

async function runRing(ring: string, using: Surroundings) {
  const folder = mkdtempSync(join(tmpdir(), "kissbot-report-"));
  const reportFile = join(folder, "report.json");
  try {
    const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${reportFile}`];
    const exitCode = await runTool("vitest", ["run", "--project", ring, ...reporters], using);
    return countReport(readIfThere(reportFile), exitCode);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The tools are JavaScript behind links in .bin: run by the Node that runs us. Resolves with the exit code. */
function runTool(tool: string, args: readonly string[], using: Surroundings): Promise<number> {
  const file = realpathSync(join(checkoutFolder, "node_modules", ".bin", tool));
  return runInGroup({
    ...using,
    program: process.execPath,
    args: [file, ...args],
    endsWithinMs: ENDS_WITHIN_MS,
  });
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}
