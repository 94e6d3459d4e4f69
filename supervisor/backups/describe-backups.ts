/** How the backups stand, for `status`. Pure. */
import { lastProvedAt, type Shelf, type ShelvedBackup } from "../../shared/backup/shelf.ts";
import type { Millis } from "../../shared/clock.ts";

export interface BackupsNow {
  readonly shelf: Shelf;
  /** Wall time; undefined: none is made by itself. */
  readonly dueAt: Millis | undefined;
  readonly whyNone: "off" | "no-key" | undefined;
  readonly isAtWork: boolean;
  readonly failure: BackupFailure | undefined;
}
export interface BackupFailure {
  readonly at: Millis;
  readonly because: string;
}

/** For whoever counts. Wall times. */
export interface BackupTimes {
  /** Of the newest that is not known to be damaged. */
  readonly madeAt: Millis | undefined;
  readonly provedAt: Millis | undefined;
  /** They are made by themselves. */
  readonly isScheduled: boolean;
}

export function toBackupTimes({ shelf, whyNone }: Pick<BackupsNow, "shelf" | "whyNone">): BackupTimes {
  const backups = shelf.is === "read" ? shelf.backups : [];
  return {
    madeAt: findNewestGood(backups)?.at,
    provedAt: lastProvedAt(backups),
    isScheduled: whyNone === undefined,
  };
}

/** One that turned out damaged is as good as none. */
export const findNewestGood = (backups: readonly ShelvedBackup[]): ShelvedBackup | undefined =>
  backups.find(({ note }) => note?.proof?.is !== "damaged");

/** "newest 5 h old, proved 5 h ago, next in 19 h" */
export function describeBackups({ shelf, dueAt, whyNone, isAtWork }: BackupsNow, now: Millis): string {
  if (shelf.is === "unreadable") return "their folder can't be read";
  const [newest] = shelf.backups;
  const provedAt = lastProvedAt(shelf.backups);
  return [
    newest ? `newest ${inWords(now - newest.at)} old` : "none yet",
    ...(newest
      ? [provedAt === undefined ? "never proved" : `last proved ${inWords(now - provedAt)} ago`]
      : []),
    ...(isAtWork ? ["one is being made"] : []),
    ...(dueAt === undefined || isAtWork ? [] : [`next in ${inWords(Math.max(0, dueAt - now))}`]),
    ...(whyNone === "off" ? ["none is made by itself (backup.daily_at: off)"] : []),
    ...(whyNone === "no-key" ? ["none is made by itself: ./kissbot.sh backup keygen"] : []),
  ].join(", ");
}

/** What an operator must look at. Sentences without a full stop. */
export function findBackupTroubles({ shelf, failure }: BackupsNow, now: Millis): readonly string[] {
  const damaged =
    shelf.is === "read" ? shelf.backups.filter(({ note }) => note?.proof?.is === "damaged") : [];
  return [
    ...(shelf.is === "unreadable" ? [`backups can't be looked at: ${shelf.problem}`] : []),
    ...(failure ? [`the last backup failed ${inWords(now - failure.at)} ago: ${failure.because}`] : []),
    ...damaged.map(({ name }) => `the backup ${name} is damaged`),
  ];
}

const MINUTE = 60_000;
/** Backups are a matter of hours. */
function inWords(ms: Millis): string {
  const minutes = Math.round(ms / MINUTE);
  if (minutes < 120) return `${minutes} min`;
  const hours = Math.round(minutes / 60);
  return hours < 48 ? `${hours} h` : `${Math.round(hours / 24)} days`;
}
