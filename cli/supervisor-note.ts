/** What pids/ says about the supervisor, when the supervisor itself says nothing. */
import { join } from "node:path";
import type { Home } from "../shared/home.ts";
import { findLoneWorker, type LoneWorkerNote } from "../shared/lone-worker.ts";
import { findProcessNote, isAlive, type ProcessNote } from "../shared/process-note.ts";

export type SupervisorNote =
  | { readonly is: "none" }
  | { readonly is: "alive"; readonly note: ProcessNote }
  /** There is no supervisor: one channel runs by itself. */
  | { readonly is: "lone-worker"; readonly note: LoneWorkerNote }
  /** The process it names is gone: it was killed, or the machine went down. */
  | { readonly is: "stale"; readonly note: ProcessNote };

export function readSupervisorNote(home: Home): SupervisorNote {
  const note = findProcessNote(join(home.pids, "supervisor.json"));
  if (note && isAlive(note)) return { is: "alive", note };
  const lone = findLoneWorker(home);
  if (lone) return { is: "lone-worker", note: lone };
  return note ? { is: "stale", note } : { is: "none" };
}
