/** Killed at every step: afterwards there is what was before or what was to come, and never something between. */
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { checkoutFolder } from "../../shared/home.ts";
import { JOBS, judge, PREPARE } from "../support/walk-jobs.ts";

const WALK = join(checkoutFolder, "tests", "support", "walk-process.ts");
/** So many of the steps are died at for real, to see that a copy of the files tells the same. */
const KILLED = 4;
const LONG_MS = 120_000;

let folder: string;
let home: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "kissbot-walk-"));
  home = join(folder, "home");
  mkdirSync(home);
});
afterEach(() => rmSync(folder, { recursive: true }));

const walk = (job: string, ...args: readonly string[]) =>
  spawnSync(process.execPath, [WALK, job, ...args], { encoding: "utf8" });

describe.each(Object.keys(JOBS))("%s", (job) => {
  test(
    "leaves the old or the new wherever it is cut off",
    () => {
      PREPARE[job]?.(home);
      const walked = join(folder, "walked");
      const copies = join(folder, "copies");
      mkdirSync(copies);
      cpSync(home, walked, { recursive: true });
      const done = walk(job, walked, copies);
      expect(done.stderr).toBe("");
      const steps = Number(done.stdout);
      expect(steps).toBeGreaterThan(10);

      const verdicts = Array.from({ length: steps }, (_, at) => judge(job, join(copies, String(at))));
      const turn = verdicts.indexOf("new");
      expect(
        verdicts.slice(0, turn < 0 ? undefined : turn).every((verdict) => verdict === "old"),
        verdicts.join(),
      ).toBe(true);
      expect(turn < 0 || verdicts.slice(turn).every((verdict) => verdict === "new"), verdicts.join()).toBe(
        true,
      );
      expect(judge(job, walked)).toBe("new");

      for (let nth = 0; nth < KILLED; nth += 1) {
        const at = Math.floor(((nth + 0.5) * steps) / KILLED);
        const killed = join(folder, `killed-${at}`);
        cpSync(home, killed, { recursive: true });
        expect(walk(job, killed, "kill", String(at)).signal).toBe("SIGKILL");
        expect(judge(job, killed)).toBe(verdicts[at]);
      }
    },
    LONG_MS,
  );
});
