/** What the process that makes and proves backups, and looks the database over, is asked for (by stdin, once) and answers (by stdout, one line). */
import { dirname, join, resolve } from "node:path";
import * as v from "valibot";
import { BACKUP_EXTRAS, type Backup } from "../config/backup.ts";
import type { Home } from "../home.ts";

const Text = v.string();
const Count = v.number();

/** The configuration's `backup`, with paths made whole. Files with secrets are read where they are needed. */
const Settings = v.object({
  folder: Text,
  recipients: v.array(Text),
  identityFile: v.optional(Text),
  passphrase: v.optional(Text),
  passphraseFile: v.optional(Text),
  include: v.array(v.picklist(BACKUP_EXTRAS)),
  keepDaily: Count,
  keepWeekly: Count,
});
export type BackupSettings = v.InferOutput<typeof Settings>;

export const BackupJob = v.variant("do", [
  v.object({
    do: v.literal("create"),
    settings: Settings,
    /** Said by an operator, never by the house. */
    isUnencryptedAllowed: v.boolean(),
    /** Where this home's key ring is; absent when it comes from outside. */
    keyRingFile: v.optional(Text),
  }),
  /** `identityFile`, when given, is used in the place of the one in the settings. */
  v.object({ do: v.literal("verify"), settings: Settings, file: Text }),
  /** Is the database as it lies there damaged? Thoroughly takes five times as long; else a start waits for the answer. */
  v.object({ do: v.literal("look-over"), isThorough: v.boolean() }),
]);
export type BackupJob = v.InferOutput<typeof BackupJob>;

const Proof = v.object({ tables: Count, rows: Count, bytes: Count });
export type Proof = v.InferOutput<typeof Proof>;

export const BackupAnswer = v.variant("is", [
  v.object({
    is: v.literal("made"),
    file: Text,
    bytes: Count,
    tookMs: Count,
    /** Names of those that retention has let go. */
    removed: v.array(Text),
    /** undefined: there is no key here to prove it with. */
    proof: v.optional(Proof),
  }),
  v.object({ is: v.literal("proved"), proof: Proof, tookMs: Count }),
  /** No problems: sound, or there is none yet. */
  v.object({ is: v.literal("looked-over"), problems: v.array(Text), tookMs: Count }),
  /** `code`: of the table of errors. */
  v.object({ is: v.literal("failed"), code: v.optional(Text), because: Text }),
]);
export type BackupAnswer = v.InferOutput<typeof BackupAnswer>;

/** Pure: what a helper has written, whole; undefined: it died before it had said it, or said something else. */
export function parseBackupAnswer(said: string): BackupAnswer | undefined {
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), BackupAnswer), said);
  return parsed.success ? parsed.output : undefined;
}

/** Pure. */
export function toBackupSettings(backup: Backup, home: Home): BackupSettings {
  const whole = (path: string | undefined) => (path === undefined ? undefined : resolve(home.folder, path));
  return {
    folder: resolve(home.folder, backup.folder),
    recipients: backup.recipients,
    identityFile: whole(backup.identity_file),
    passphrase: backup.passphrase,
    passphraseFile: whole(backup.passphrase_file),
    include: backup.include,
    keepDaily: backup.keep_daily,
    keepWeekly: backup.keep_weekly,
  };
}

/** Whether the configuration says how backups are encrypted: without, none is made by itself. */
export const isSealed = ({ recipients, passphrase, passphraseFile }: BackupSettings): boolean =>
  recipients.length > 0 || passphrase !== undefined || passphraseFile !== undefined;

/** Held by whoever makes, proves or restores: never two at once in one home. */
export const backupLockFile = (home: Home): string => join(dirname(home.database), "backup.lock");
export const WORK_PREFIX = "backup-work-";
/** A backup that has no name yet, in the folder of backups. */
export const PARTIAL_PREFIX = ".partial-";
export const partialFile = (folder: string, pid: number): string => join(folder, `${PARTIAL_PREFIX}${pid}`);
/** Files of a backup while it is made or looked into: beside the database, on its disk, never beside the backups. */
export const workFolder = (home: Home, pid: number): string =>
  join(dirname(home.database), `${WORK_PREFIX}${pid}`);
