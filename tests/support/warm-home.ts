/** A trial's home whose processes share what others have compiled: starting them is most of what a house test costs. */
import { mkdirSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { makeTrialHome, type TrialHome } from "../../cli/trial/trial-home.ts";
import { checkoutFolder } from "../../shared/home.ts";

const TRIES_MAX = 1_000;
const SHARED_CACHE = join(checkoutFolder, "node_modules", ".cache", "kissbot-houses");

/** `isRight`: whether the folder's path will do, when what it decides matters. */
export function makeWarmHome(isRight: (folder: string) => boolean = () => true): TrialHome {
  const trial = findTrialHome(isRight);
  mkdirSync(SHARED_CACHE, { recursive: true, mode: 0o700 });
  mkdirSync(dirname(trial.home.compileCache), { recursive: true, mode: 0o700 });
  symlinkSync(SHARED_CACHE, trial.home.compileCache);
  return trial;
}

function findTrialHome(isRight: (folder: string) => boolean): TrialHome {
  for (let tries = 0; tries < TRIES_MAX; tries += 1) {
    const trial = makeTrialHome(process.env);
    if (isRight(trial.home.folder)) return trial;
    trial.remove();
  }
  throw new Error("no folder was right");
}
