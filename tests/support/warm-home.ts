/** A trial's home whose processes share what others have compiled: starting them is most of what a house test costs. */
import { mkdirSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { makeTrialHome, type TrialHome } from "../../cli/trial/trial-home.ts";
import { checkoutFolder } from "../../shared/home.ts";

const SHARED_CACHE = join(checkoutFolder, "node_modules", ".cache", "kissbot-houses");

export function makeWarmHome(): TrialHome {
  const trial = makeTrialHome(process.env);
  mkdirSync(SHARED_CACHE, { recursive: true, mode: 0o700 });
  mkdirSync(dirname(trial.home.compileCache), { recursive: true, mode: 0o700 });
  symlinkSync(SHARED_CACHE, trial.home.compileCache);
  return trial;
}
