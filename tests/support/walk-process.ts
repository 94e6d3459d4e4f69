/**
 * A process that does one job on a home's database and stops before every statement and every write to a file: there
 * it lays a copy of the home aside, which is what a kill at this moment would leave, or really is killed.
 * `node walk-process.ts JOB HOME FOLDER-FOR-COPIES` or `node walk-process.ts JOB HOME kill N`.
 */
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import { createRequire, syncBuiltinESMExports } from "node:module";
import { join } from "node:path";

const WRITES = [
  "openSync",
  "writeSync",
  "fsyncSync",
  "linkSync",
  "renameSync",
  "rmSync",
  "chmodSync",
] as const;

const [job = "", home = "", where = "", count] = process.argv.slice(2);
const killAt = where === "kill" ? Number(count) : undefined;
let steps = 0;
/** Set while a step is being taken, and while the modules are loaded. */
let isStanding = true;

function step(): void {
  if (isStanding) return;
  isStanding = true;
  if (steps === killAt) process.kill(process.pid, "SIGKILL");
  // By another process: closing a copy's source here would give up SQLite's locks on it.
  else if (killAt === undefined) spawnSync("cp", ["-a", home, join(where, String(steps))]);
  steps += 1;
  isStanding = false;
}

for (const name of WRITES) {
  const original = fs[name] as (...args: unknown[]) => unknown;
  Object.assign(fs, {
    [name](...args: unknown[]) {
      step();
      return original(...args);
    },
  });
}
syncBuiltinESMExports();

const require = createRequire(import.meta.url);
const Database = require("better-sqlite3");
const cached = require.cache[require.resolve("better-sqlite3")];
if (!cached) throw new Error("better-sqlite3 is loaded in another way than it was");
cached.exports = class extends Database {
  constructor(file: string, options: object) {
    super(file, { ...options, verbose: step });
  }
};

const { JOBS } = await import("./walk-jobs.ts");
const doIt = JOBS[job];
if (!doIt) throw new Error(`no job ${job}`);
isStanding = false;
doIt(home);
process.stdout.write(String(steps));
