/** Runs one check with the tools of node_modules, whatever stands in PATH. */
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Clock } from "../../shared/clock.ts";
import { checkoutFolder } from "../../shared/home.ts";
import type { Check } from "./check-list.ts";
import { countExit, countReport, type Outcome } from "./outcome.ts";

export async function runCheck(
  check: Check,
  { clock, environment }: { readonly clock: Clock; readonly environment: NodeJS.ProcessEnv },
): Promise<Outcome> {
  const startedAt = clock.now();
  const counts =
    check.is === "tool"
      ? countExit(await runTool(check.tool, check.args, environment))
      : await runRing(check.ring, environment);
  return { name: check.name, ...counts, tookMs: clock.now() - startedAt };
}

async function runRing(ring: string, environment: NodeJS.ProcessEnv) {
  const folder = mkdtempSync(join(tmpdir(), "kissbot-report-"));
  const reportFile = join(folder, "report.json");
  try {
    const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${reportFile}`];
    const exitCode = await runTool("vitest", ["run", "--project", ring, ...reporters], environment);
    return countReport(readIfThere(reportFile), exitCode);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The tools are JavaScript behind links in .bin: run by the Node that runs us. Resolves with the exit code. */
function runTool(tool: string, args: readonly string[], environment: NodeJS.ProcessEnv): Promise<number> {
  const file = realpathSync(join(checkoutFolder, "node_modules", ".bin", tool));
  const child = spawn(process.execPath, [file, ...args], {
    cwd: checkoutFolder,
    stdio: "inherit",
    env: environment,
  });
  return new Promise((resolve) => {
    child.once("error", () => resolve(1));
    child.once("exit", (code) => resolve(code ?? 1));
  });
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}
