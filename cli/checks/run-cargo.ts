/** The tests of the Rust engine. Where there is no cargo they are skipped, and it says so: the TypeScript engine has its own. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import type { Clock, Millis } from "../../shared/clock.ts";
import { checkoutFolder } from "../../shared/home.ts";
import { runInGroup } from "../run-in-group.ts";
import type { Outcome } from "./outcome.ts";

type Counts = Omit<Outcome, "name" | "tookMs">;

/** A fresh machine compiles for a minute; one that is busy with other things longer. */
const ENDS_WITHIN_MS: Millis = 15 * 60_000;
/** The pure crate and the ranker over it: an addon links against Node, which is not there in a test of cargo. */
const PACKAGES = ["kissbot-games", "kissbot-drakon"].flatMap((name) => ["--package", name]);
const ARGS = ["test", "--release", "--locked", ...PACKAGES];
/** The same cases every time: what fails here fails for everybody. */
const PROPTEST_RNG_SEED = "20261121";

export async function runCargoTests(using: {
  readonly clock: Clock;
  readonly environment: NodeJS.ProcessEnv;
  readonly say: (text: string) => void;
}): Promise<Counts> {
  const { clock, environment, say } = using;
  if (spawnSync("cargo", ["--version"], { env: environment }).status !== 0) {
    say("skipped: cargo is missing (https://rustup.rs brings it)\n");
    return { passed: 0, failed: 0, skipped: 1 };
  }
  const folder = join(checkoutFolder, "engine");
  let output = "";
  const exitCode = await runInGroup({
    program: "cargo",
    args: ARGS,
    folder,
    clock,
    yields: true,
    environment: { ...environment, CARGO_TARGET_DIR: join(folder, "target"), PROPTEST_RNG_SEED },
    endsWithinMs: ENDS_WITHIN_MS,
    hear: (text) => {
      output += text;
      say(text);
    },
  });
  return countCargo(output, exitCode);
}

/** Pure. A run that did not compile has failed without a single test. */
export function countCargo(output: string, exitCode: number): Counts {
  const results = [...output.matchAll(/^test result: .*?(\d+) passed; (\d+) failed; (\d+) ignored/gm)];
  const sum = (column: number) => results.reduce((total, result) => total + Number(result[column]), 0);
  const failed = sum(2);
  return { passed: sum(1), failed: failed === 0 && exitCode !== 0 ? 1 : failed, skipped: sum(3) };
}
