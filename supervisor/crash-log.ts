/** Where a child's stdout and stderr go: a file, put aside at the next spawn when it has grown large. */
import { closeSync, mkdirSync, openSync, readdirSync, renameSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { planCrashLog } from "./plan-rotation.ts";

export interface CrashLog {
  /** As child_process takes it. */
  readonly output: number | "ignore";
  /** Of our end: a child that was spawned has its own. */
  close(): void;
}

/** Never throws: a disk that is full, or closed to us, costs a child its last words but not its life. */
export function openCrashLog(file: string): CrashLog {
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    putAsideIfLarge(file);
    const descriptor = openSync(file, "a", 0o600);
    return { output: descriptor, close: () => closeSync(descriptor) };
  } catch {
    return { output: "ignore", close: () => {} };
  }
}

function putAsideIfLarge(file: string): void {
  const found = statSync(file, { throwIfNoEntry: false });
  if (!found) return;
  const folder = dirname(file);
  const live = { name: basename(file), bytes: found.size, begunAt: found.mtimeMs };
  const aside = planCrashLog(live, readdirSync(folder));
  if (aside !== undefined) renameSync(file, join(folder, aside));
}
