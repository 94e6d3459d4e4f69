/**
 * A note about a process on disk: pids/<name>.json. It is a notebook, never a mailbox, and never trusted: whether
 * the process it names still lives is asked from the kernel, by pid and start time.
 */
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import * as v from "valibot";
import { findStartTicks } from "./proc.ts";

export const ProcessNote = v.object({
  pid: v.pipe(v.number(), v.integer(), v.minValue(1)),
  /** See proc.ts: a reused pid has other ticks. */
  startTicks: v.string(),
  /** Wall time, ISO 8601. */
  since: v.string(),
});
export type ProcessNote = v.InferOutput<typeof ProcessNote>;

export function makeProcessNote(pid: number, since: Date): ProcessNote {
  return { pid, startTicks: findStartTicks(pid) ?? "gone", since: since.toISOString() };
}

export const findProcessNote = (file: string): ProcessNote | undefined => findNote(file, ProcessNote);

/** A note with more in it than every note has. */
export function findNote<Note extends ProcessNote>(
  file: string,
  schema: v.GenericSchema<unknown, Note>,
): Note | undefined {
  try {
    const parsed = v.safeParse(schema, JSON.parse(readFileSync(file, "utf8")));
    return parsed.success ? parsed.output : undefined;
  } catch {
    return undefined;
  }
}

export const isAlive = (note: ProcessNote): boolean => findStartTicks(note.pid) === note.startTicks;

export function writeProcessNote(file: string, note: ProcessNote): void {
  const fresh = `${file}.new`;
  writeFileSync(fresh, JSON.stringify(note), { mode: 0o600 });
  renameSync(fresh, file);
}

export const removeProcessNote = (file: string): void => rmSync(file, { force: true });

/**
 * Takes `file` as a lock for this process. A dead owner cannot keep it: a note whose process is gone is replaced.
 * Answers with the living owner's note when there is one.
 */
export function takeLock(
  file: string,
  mine: ProcessNote,
): { readonly is: "taken" } | { readonly is: "held"; readonly by: ProcessNote } {
  const fresh = `${file}.${mine.pid}`;
  try {
    writeFileSync(fresh, JSON.stringify(mine), { mode: 0o600 });
    // Two tries: the second follows the removal of a dead owner's note. Whoever links first has it.
    for (let tries = 0; tries < 2; tries += 1) {
      try {
        linkSync(fresh, file);
        return { is: "taken" };
      } catch (problem) {
        if ((problem as NodeJS.ErrnoException).code !== "EEXIST") throw problem;
      }
      const owner = findProcessNote(file);
      if (owner && isAlive(owner)) return { is: "held", by: owner };
      removeDeadNote(file, mine.pid);
    }
    const owner = findProcessNote(file);
    return { is: "held", by: owner ?? mine };
  } finally {
    rmSync(fresh, { force: true });
  }
}

/** Moved aside first: of two that find the same dead note, only one moves it, and a fresh lock is never deleted unread. */
function removeDeadNote(file: string, byPid: number): void {
  const aside = `${file}.dead.${byPid}`;
  try {
    renameSync(file, aside);
  } catch {
    return;
  }
  const moved = findProcessNote(aside);
  if (moved && isAlive(moved)) {
    // Between our look and the move somebody took the lock: give it back.
    try {
      linkSync(aside, file);
    } catch {
      // A third one has it by now; then it is theirs.
    }
  }
  rmSync(aside, { force: true });
}
