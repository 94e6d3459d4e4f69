/**
 * What the supervisor notes of each child on disk, so that its successor can find them: pids/<child>.json with pid,
 * start time, spawn id and the hash of what it was spawned from. Never trusted: a pid counts with its start time only.
 */
import { createHash } from "node:crypto";
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import { ChildId } from "../shared/ids.ts";
import {
  findNote,
  isAlive,
  makeProcessNote,
  ProcessNote,
  removeProcessNote,
  writeProcessNote,
} from "../shared/process-note.ts";
import type { ChildSpec } from "./child-spec.ts";

export const ChildNote = v.object({
  ...ProcessNote.entries,
  childId: ChildId,
  spawnId: v.string(),
  specHash: v.string(),
});
export type ChildNote = v.InferOutput<typeof ChildNote>;

const noteFile = (pids: string, id: ChildId) => join(pids, `${id.replace(":", "-")}.json`);

export function writeChildNote(
  pids: string,
  born: { readonly spec: ChildSpec; readonly pid: number; readonly spawnId: string; readonly at: Date },
): ChildNote {
  const { spec, spawnId } = born;
  const note = { ...makeProcessNote(born.pid, born.at), childId: spec.id, spawnId, specHash: hashSpec(spec) };
  writeProcessNote(noteFile(pids, spec.id), note);
  return note;
}

export const removeChildNote = (pids: string, id: ChildId) => removeProcessNote(noteFile(pids, id));

/** The children of an earlier supervisor that still live. Notes of dead ones are removed. */
export function findLivingChildren(pids: string, except: string): readonly ChildNote[] {
  return readdirSync(pids)
    .filter((name) => name.endsWith(".json") && name !== except)
    .flatMap((name) => {
      const note = findNote(join(pids, name), ChildNote);
      if (note && isAlive(note)) return [note];
      removeProcessNote(join(pids, name));
      return [];
    });
}

/** Changes when a process started now would be another one: other settings, or another bundle. */
export function hashSpec(spec: ChildSpec): string {
  const { mtimeMs, size } = statSync(spec.entry, { throwIfNoEntry: false }) ?? { mtimeMs: 0, size: 0 };
  const { entry, execArgv } = spec;
  const papers = Object.fromEntries(
    Object.entries(spec.papers).filter(([key]) => !spec.toldKeys?.includes(key)),
  );
  return createHash("sha256")
    .update(JSON.stringify([entry, mtimeMs, size, execArgv, papers]))
    .digest("hex")
    .slice(0, 32);
}
