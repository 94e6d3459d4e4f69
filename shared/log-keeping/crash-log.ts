/** Where a child's stdout and stderr go: a file that log-keeper.ts keeps within bounds. */
import { closeSync, mkdirSync, openSync } from "node:fs";
import { dirname } from "node:path";

export interface CrashOutput {
  /** As child_process takes it. */
  readonly output: number | "ignore";
  /** Of our end: a child that was spawned has its own. */
  close(): void;
}

/** Never throws: a disk that is full, or closed to us, costs a child its last words but not its life. */
export function openCrashLog(file: string): CrashOutput {
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    // Appending, always: it may be cut while a process writes it.
    const descriptor = openSync(file, "a", 0o600);
    return { output: descriptor, close: () => closeSync(descriptor) };
  } catch {
    return { output: "ignore", close: () => {} };
  }
}
