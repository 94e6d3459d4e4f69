/** That nothing of the house runs, and that nothing of it starts meanwhile. */
import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { KissError } from "../shared/errors.ts";
import type { Home } from "../shared/home.ts";
import {
  findProcessNote,
  isAlive,
  makeProcessNote,
  removeProcessNote,
  takeLock,
} from "../shared/process-note.ts";

const SUPERVISOR_LOCK = "supervisor.json";

/**
 * Holds the supervisor's own lock while `run` runs.
 * @throws KissError already-running: the supervisor, or children that outlived one, or a worker alone, which have the database open
 */
export async function whileHouseRests<T>(home: Home, run: () => Promise<T>): Promise<T> {
  if (!existsSync(home.pids)) mkdirSync(home.pids, { recursive: true, mode: 0o700 });
  const lockFile = join(home.pids, SUPERVISOR_LOCK);
  const lock = takeLock(lockFile, makeProcessNote(process.pid, new Date()));
  if (lock.is === "held")
    throw new KissError("already-running", `process ${lock.by.pid}, since ${lock.by.since}`);
  try {
    const child = findLivingChild(home);
    if (child !== undefined)
      throw new KissError("already-running", `${child} still runs and has the database open`);
    return await run();
  } finally {
    removeProcessNote(lockFile);
  }
}

function findLivingChild(home: Home): string | undefined {
  const names = readdirSync(home.pids).filter((name) => name.endsWith(".json") && name !== SUPERVISOR_LOCK);
  for (const name of names) {
    const note = findProcessNote(join(home.pids, name));
    if (note && isAlive(note)) return `${basename(name, ".json")} (process ${note.pid})`;
  }
  return undefined;
}
