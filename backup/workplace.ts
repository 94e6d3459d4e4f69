/** One job at a time in a home, in a folder of its own that is gone when it is done. */
import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { backupLockFile, WORK_PREFIX, workFolder } from "../shared/backup/job.ts";
import { KissError } from "../shared/errors.ts";
import type { Home } from "../shared/home.ts";
import { makeProcessNote, removeProcessNote, takeLock } from "../shared/process-note.ts";

/**
 * What a killed one left behind, a plain copy of the database above all, is removed by the next.
 * @throws KissError backup-under-way
 */
export async function withWorkplace<T>(home: Home, run: (folder: string) => Promise<T>): Promise<T> {
  const lockFile = backupLockFile(home);
  mkdirSync(dirname(lockFile), { recursive: true, mode: 0o700 });
  const lock = takeLock(lockFile, makeProcessNote(process.pid, new Date()));
  if (lock.is === "held")
    throw new KissError("backup-under-way", `process ${lock.by.pid}, since ${lock.by.since}`);
  const folder = workFolder(home, process.pid);
  try {
    removeLeftovers(dirname(folder));
    mkdirSync(folder, { mode: 0o700 });
    return await run(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
    removeProcessNote(lockFile);
  }
}

/** Only to be called by who holds the lock: nobody else is at work then. */
function removeLeftovers(folder: string): void {
  for (const name of readdirSync(folder)) {
    if (name.startsWith(WORK_PREFIX)) rmSync(join(folder, name), { recursive: true, force: true });
  }
}
