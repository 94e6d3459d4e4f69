/** The ranker's program, built where cargo is there. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { checkoutFolder } from "../../shared/home.ts";

export const hasCargo = spawnSync("cargo", ["--version"]).status === 0;

/** @throws Error with what cargo said */
export function buildDrakon(): void {
  const engine = join(checkoutFolder, "engine");
  const built = spawnSync("cargo", ["build", "--release", "--locked", "-p", "kissbot-drakon"], {
    cwd: engine,
    env: { ...process.env, CARGO_TARGET_DIR: join(engine, "target") },
    encoding: "utf8",
  });
  if (built.status !== 0) throw new Error(`cargo could not build the ranker: ${built.stderr}`);
}
