/**
 * The folder of backups, as it is. Beside each backup stands a small note, `<name>.json`, with what can't be seen from
 * outside an encrypted file: above all whether it was ever proved. A note is a convenience: a backup without one, copied
 * back from another machine, is as good, and only what a note says is not known of it.
 */
import { readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import type { Millis } from "../clock.ts";
import { type BackupName, parseBackupName } from "./backup-name.ts";

export const BackupNote = v.object({
  bytes: v.number(),
  /** Of the file as it lies there. */
  sha256: v.string(),
  /** Its newest proof: restored beside the house and compared. Wall time. */
  proof: v.optional(
    v.object({ at: v.number(), is: v.picklist(["right", "damaged"]), because: v.optional(v.string()) }),
  ),
});
export type BackupNote = v.InferOutput<typeof BackupNote>;

export interface ShelvedBackup extends BackupName {
  readonly name: string;
  readonly file: string;
  readonly bytes: number;
  readonly note: BackupNote | undefined;
}

export type Shelf =
  /** Newest first; an installation without any has none. */
  | { readonly is: "read"; readonly backups: readonly ShelvedBackup[] }
  | { readonly is: "unreadable"; readonly problem: string };

export function readShelf(folder: string): Shelf {
  try {
    const backups = readdirSync(folder).flatMap((name): ShelvedBackup[] => {
      const parsed = parseBackupName(name);
      const file = join(folder, name);
      const found = parsed && statSync(file, { throwIfNoEntry: false });
      return parsed && found?.isFile()
        ? [{ ...parsed, name, file, bytes: found.size, note: findNote(file) }]
        : [];
    });
    return { is: "read", backups: backups.sort((a, b) => b.at - a.at || (a.name < b.name ? 1 : -1)) };
  } catch (problem) {
    const { code, message } = problem as NodeJS.ErrnoException;
    return code === "ENOENT" ? { is: "read", backups: [] } : { is: "unreadable", problem: message };
  }
}

const noteFile = (file: string) => `${file}.json`;

export function findNote(file: string): BackupNote | undefined {
  try {
    const parsed = v.safeParse(BackupNote, JSON.parse(readFileSync(noteFile(file), "utf8")));
    return parsed.success ? parsed.output : undefined;
  } catch {
    return undefined;
  }
}

export function writeNote(file: string, note: BackupNote): void {
  const fresh = `${noteFile(file)}.${process.pid}`;
  writeFileSync(fresh, JSON.stringify(note), { mode: 0o600 });
  renameSync(fresh, noteFile(file));
}

/** The note first: a backup without one is still a backup. */
export function removeBackup({ file }: ShelvedBackup): void {
  rmSync(noteFile(file), { force: true });
  rmSync(file, { force: true });
}

/** The newest proof of any backup that lies there. */
export const lastProvedAt = (backups: readonly ShelvedBackup[]): Millis | undefined =>
  backups.reduce<Millis | undefined>((newest, { note }) => {
    const at = note?.proof?.is === "right" ? note.proof.at : undefined;
    return at === undefined || (newest ?? 0) > at ? newest : at;
  }, undefined);
