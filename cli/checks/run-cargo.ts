/** The tests of the Rust engine. Where there is no cargo they are skipped, and it says so: the TypeScript engine has its own. */
import { spawn, spawnSync } from "node:child_process";
import { join } from "node:path";
import type { Clock, Millis } from "../../shared/clock.ts";
import { checkoutFolder } from "../../shared/home.ts";
import type { Outcome } from "./outcome.ts";

type Counts = Omit<Outcome, "name" | "tookMs">;

/** A fresh machine compiles for a minute; one that is busy with other things longer. */
const ENDS_WITHIN_MS: Millis = 15 * 60_000;
/** The pure crate and the ranker over it: an addon links against Node, which is not there in a test of cargo. */
const PACKAGES = ["kissbot-games", "kissbot-drakon"].flatMap((name) => ["--package", name]);
const ARGS = ["test", "--release", "--locked", ...PACKAGES];
/** The same cases every time: what fails here fails for everybody. */
const PROPTEST_RNG_SEED = "20261121";
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

export async function runCargoTests(using: {
  readonly clock: Clock;
  readonly environment: NodeJS.ProcessEnv;
}): Promise<Counts> {
  if (spawnSync("cargo", ["--version"], { env: using.environment }).status !== 0) {
    process.stdout.write("skipped: cargo is missing (https://rustup.rs brings it)\n");
    return { passed: 0, failed: 0, skipped: 1 };
  }
  const { exitCode, output } = await runCargo(using);
  return countCargo(output, exitCode);
}

/** Pure. A run that did not compile has failed without a single test. */
export function countCargo(output: string, exitCode: number): Counts {
  const results = [...output.matchAll(/^test result: .*?(\d+) passed; (\d+) failed; (\d+) ignored/gm)];
  const sum = (column: number) => results.reduce((total, result) => total + Number(result[column]), 0);
  const failed = sum(2);
  return { passed: sum(1), failed: failed === 0 && exitCode !== 0 ? 1 : failed, skipped: sum(3) };
}

function runCargo({
  clock,
  environment,
}: {
  readonly clock: Clock;
  readonly environment: NodeJS.ProcessEnv;
}): Promise<{ readonly exitCode: number; readonly output: string }> {
  const folder = join(checkoutFolder, "engine");
  const cargo = spawn("cargo", ARGS, {
    cwd: folder,
    env: { ...environment, CARGO_TARGET_DIR: join(folder, "target"), PROPTEST_RNG_SEED },
    stdio: ["ignore", "pipe", "inherit"],
    detached: true,
  });
  const endGroup = (signal: NodeJS.Signals) => {
    try {
      if (cargo.pid !== undefined) process.kill(-cargo.pid, signal);
    } catch {
      // It has ended.
    }
  };
  for (const signal of SIGNALS) process.on(signal, endGroup);
  const cancel = clock.after(ENDS_WITHIN_MS, () => endGroup("SIGKILL"));
  let output = "";
  cargo.stdout.setEncoding("utf8").on("data", (text: string) => {
    output += text;
    process.stdout.write(text);
  });
  return new Promise<{ exitCode: number; output: string }>((resolve) => {
    cargo.once("error", () => resolve({ exitCode: 1, output }));
    cargo.once("close", (code) => resolve({ exitCode: code ?? 1, output }));
  }).finally(() => {
    cancel();
    for (const signal of SIGNALS) process.off(signal, endGroup);
  });
}
