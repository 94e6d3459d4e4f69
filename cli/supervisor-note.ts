/** What pids/ says about the supervisor, when the supervisor itself says nothing. */
import { join } from "node:path";
import type { Home } from "../shared/home.ts";
import { findProcessNote, isAlive, type ProcessNote } from "../shared/process-note.ts";

export type SupervisorNote =
  | { readonly is: "none" }
  | { readonly is: "alive"; readonly note: ProcessNote }
  /** The process it names is gone: it was killed, or the machine went down. */
  | { readonly is: "stale"; readonly note: ProcessNote };

export function readSupervisorNote(home: Home): SupervisorNote {
  const note = findProcessNote(join(home.pids, "supervisor.json"));
  if (!note) return { is: "none" };
  return { is: isAlive(note) ? "alive" : "stale", note };
}
