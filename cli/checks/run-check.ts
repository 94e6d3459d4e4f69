/** Runs one check with the tools of node_modules, whatever stands in PATH. */
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Clock, Millis } from "../../shared/clock.ts";
import { checkoutFolder } from "../../shared/home.ts";
import type { Check } from "./check-list.ts";
import { countExit, countReport, type Outcome } from "./outcome.ts";
import { runCargoTests } from "./run-cargo.ts";

interface Surroundings {
  readonly clock: Clock;
  readonly environment: NodeJS.ProcessEnv;
}

/** Several times what the slowest takes. One that hangs is ended, so that whoever waits for the checks hears of it. */
const ENDS_WITHIN_MS: Millis = 20 * 60_000;
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

export async function runCheck(check: Check, { clock, environment }: Surroundings): Promise<Outcome> {
  const startedAt = clock.now();
  const counts = await count(check, { clock, environment });
  return { name: check.name, ...counts, tookMs: clock.now() - startedAt };
}

async function count(check: Check, using: Surroundings): Promise<Omit<Outcome, "name" | "tookMs">> {
  switch (check.is) {
    case "tool":
      return countExit(await runTool(check.tool, check.args, using));
    case "ring":
      return runRing(check.ring, using);
    case "cargo":
      return runCargoTests(using);
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

/**
 * The tools are JavaScript behind links in .bin: run by the Node that runs us, in a group of processes of their own,
 * which ends as a whole. Resolves with the exit code.
 */
function runTool(
  tool: string,
  args: readonly string[],
  { clock, environment }: Surroundings,
): Promise<number> {
  const file = realpathSync(join(checkoutFolder, "node_modules", ".bin", tool));
  const child = spawn(process.execPath, [file, ...args], {
    cwd: checkoutFolder,
    stdio: ["ignore", "inherit", "inherit"],
    env: environment,
    detached: true,
  });
  const endGroup = (signal: NodeJS.Signals) => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, signal);
    } catch {
      // It has ended.
    }
  };
  for (const signal of SIGNALS) process.on(signal, endGroup);
  const cancel = clock.after(ENDS_WITHIN_MS, () => {
    process.stderr.write(
      `kissbot: ${tool} has not ended within ${ENDS_WITHIN_MS / 60_000} minutes: it is killed\n`,
    );
    endGroup("SIGKILL");
  });
  return new Promise<number>((resolve) => {
    child.once("error", () => resolve(1));
    child.once("exit", (code) => resolve(code ?? 1));
  }).finally(() => {
    cancel();
    for (const signal of SIGNALS) process.off(signal, endGroup);
  });
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}
