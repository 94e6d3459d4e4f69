/** What the configuration says of backups, and what is said on the command line instead. */
import { isAbsolute, join, resolve } from "node:path";
import * as v from "valibot";
import { type BackupSettings, toBackupSettings } from "../../shared/backup/job.ts";
import { readShelf, type ShelvedBackup } from "../../shared/backup/shelf.ts";
import { Backup } from "../../shared/config/backup.ts";
import { describeProblems } from "../../shared/config/problem.ts";
import { KissError } from "../../shared/errors.ts";
import { loadConfig } from "../../shared/load-config.ts";
import type { Desk } from "../verb.ts";

export interface KeyFlags {
  readonly identity?: string | undefined;
  readonly passphraseFile?: string | undefined;
  readonly folder?: string | undefined;
}

/**
 * On a new machine there is no configuration yet, or it lies in the backup: then the defaults hold, and the flags say
 * the rest.
 */
export function findBackupSettings(flags: KeyFlags, desk: Desk): BackupSettings {
  const { home } = desk;
  const loaded = loadConfig(home.configFile);
  if (loaded.is === "wrong") {
    desk.warn("kissbot: the configuration is wrong; for backups its defaults are used:");
    for (const line of describeProblems(home.configFile, loaded.problems)) desk.warn(line);
  }
  const backup = loaded.is === "right" ? loaded.config.backup : v.parse(Backup, {});
  const settings = toBackupSettings(backup, home);
  const here = (path: string | undefined) => (path === undefined ? undefined : resolve(path));
  return {
    ...settings,
    folder: here(flags.folder) ?? settings.folder,
    identityFile: here(flags.identity) ?? settings.identityFile,
    passphraseFile: here(flags.passphraseFile) ?? settings.passphraseFile,
  };
}

/** Newest first. @throws KissError backup-not-found */
export function getShelf(folder: string): readonly ShelvedBackup[] {
  const shelf = readShelf(folder);
  if (shelf.is === "unreadable") throw new KissError("backup-not-found", shelf.problem);
  return shelf.backups;
}

export const NEWEST = "latest";

/** A name on the shelf, a path, or "latest". @throws KissError backup-not-found */
export function getBackupFile(asked: string, folder: string): string {
  if (asked !== NEWEST)
    return isAbsolute(asked) || asked.includes("/") ? resolve(asked) : join(folder, asked);
  const [newest] = getShelf(folder);
  if (!newest) throw new KissError("backup-not-found", `there is none in ${folder}`);
  return newest.file;
}
