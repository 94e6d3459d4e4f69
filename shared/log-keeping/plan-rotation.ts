/**
 * Which log files are put aside, and which of those that were are deleted. A file is put aside when it is too large,
 * or when its first line is of an earlier day: that happens at midnight, and after a night without a supervisor.
 * Crash logs are no files of lines that somebody could open anew: whoever writes them holds them as its stderr. They
 * are cut where they lie. Pure; log-keeper.ts looks and acts.
 */
import type { Millis } from "../clock.ts";
import {
  CHANNEL_CRASH_LOGS,
  compareRotated,
  findRotatedName,
  HOUSE_CRASH_LOGS,
  logFileName,
  type RotatedName,
  rotatedFileName,
} from "../log-files.ts";

export interface RotationPolicy {
  readonly bytesMax: number;
  /** Today counts: 1 keeps what is of today. */
  readonly keepDays: number;
  readonly keepChatDays: number;
  /** Of one log, beside the one that is written. */
  readonly filesMax: number;
}

/** A file that is being written. */
export interface LiveLog {
  /** "commands.log" */
  readonly name: string;
  readonly bytes: number;
  /** Wall time. */
  readonly begunAt: Millis;
}

export interface CrashLog {
  /** "crash-hub.log" */
  readonly name: string;
  readonly bytes: number;
  /** Wall time of its last line. */
  readonly writtenAt: Millis;
}

export interface LogFolder {
  readonly live: readonly LiveLog[];
  readonly crash: readonly CrashLog[];
  /** Everything else that lies there. */
  readonly others: readonly OtherFile[];
}

export interface OtherFile {
  readonly name: string;
  /** Wall time of its last line. Asked for the few it matters for: there may be a hundred thousand. */
  readonly writtenAt: () => Millis;
}

/** A log that was put aside before. */
type Aside = RotatedName & Pick<OtherFile, "writtenAt">;

export type RotationOrder =
  | { readonly do: "put-aside"; readonly name: string; readonly as: string }
  /** Its last `bytes` are kept under another name, and it is emptied. */
  | { readonly do: "cut"; readonly name: string; readonly as: string; readonly bytes: number }
  | { readonly do: "empty"; readonly name: string }
  | { readonly do: "delete"; readonly name: string };

const CHAT_LOG = logFileName("chat");
const CRASH_LOGS: readonly string[] = [...HOUSE_CRASH_LOGS, ...CHANNEL_CRASH_LOGS];
const MS_PER_DAY = 86_400_000;
/** Some dozens of crashes with their stacks. */
export const CRASH_BYTES_MAX = 256 * 1_024;
export const CRASH_FILES_MAX = 5;

export function planRotation(
  { live, crash, others }: LogFolder,
  now: Millis,
  policy: RotationPolicy,
): readonly RotationOrder[] {
  const asideBefore = others.flatMap(({ name, writtenAt }): readonly Aside[] => {
    const rotated = findRotatedName(name);
    return rotated ? [{ ...rotated, writtenAt }] : [];
  });
  const puttingAside = live
    .filter((log) => isDue(log, now, policy) && !isUnwanted(log, policy))
    .map((log) => nextAside(log.name, log.begunAt, asideBefore));
  const unwanted = live.filter((log) => isUnwanted(log, policy)).map((log) => log.name);
  const cutting = crash.filter(isTooLarge).map((log) => nextAside(log.name, log.writtenAt, asideBefore));
  const added = Map.groupBy([...puttingAside, ...cutting], ({ of }) => of);
  const deletions = planDeletions(asideBefore, now, policy, (of) => added.get(of)?.length ?? 0);
  return [
    ...cutting.map((aside) => ({
      do: "cut" as const,
      name: aside.of,
      as: rotatedFileName(aside),
      bytes: CRASH_BYTES_MAX,
    })),
    ...crash
      .filter((log) => isStale(log, now, policy) && !isTooLarge(log))
      .map((log) => ({ do: "empty" as const, name: log.name })),
    ...puttingAside.map((aside) => ({
      do: "put-aside" as const,
      name: aside.of,
      as: rotatedFileName(aside),
    })),
    ...[...unwanted, ...deletions.map(rotatedFileName)].map((name) => ({
      do: "delete" as const,
      name,
    })),
  ];
}

/** Whether something is to be done about one of these; to find that out nobody has to look what else lies there. */
export const isAnyDue = (
  { live, crash }: Omit<LogFolder, "others">,
  now: Millis,
  policy: RotationPolicy,
): boolean =>
  live.some((log) => isDue(log, now, policy) || isUnwanted(log, policy)) ||
  crash.some((log) => isTooLarge(log) || isStale(log, now, policy));

const isDue = (log: LiveLog, now: Millis, policy: RotationPolicy): boolean =>
  log.bytes > 0 && (log.bytes >= policy.bytesMax || dayOf(log.begunAt) < dayOf(now));

const isUnwanted = (log: LiveLog, policy: RotationPolicy): boolean =>
  log.name === CHAT_LOG && policy.keepChatDays === 0;

const isTooLarge = (log: CrashLog): boolean => log.bytes >= CRASH_BYTES_MAX;

const isStale = (log: CrashLog, now: Millis, policy: RotationPolicy): boolean =>
  log.bytes > 0 && daysBetween(dayOf(log.writtenAt), dayOf(now)) >= policy.keepDays;

/** Behind everything of its day: turns are never given twice while a later one lies there. */
function nextAside(of: string, at: Millis, aside: readonly RotatedName[]): RotatedName {
  const day = dayOf(at);
  const turns = aside.filter((one) => one.of === of && one.day === day).map((one) => one.turn);
  return { of, day, turn: turns.length === 0 ? 0 : Math.max(...turns) + 1 };
}

/** `addedNow`: how many of a log are put aside now. Those stay: they are written to until their writers have heard. */
function planDeletions(
  aside: readonly Aside[],
  now: Millis,
  policy: RotationPolicy,
  addedNow: (of: string) => number,
): readonly RotatedName[] {
  const keepDays = (of: string) => (of === CHAT_LOG ? policy.keepChatDays : policy.keepDays);
  const filesMax = (of: string) => (CRASH_LOGS.includes(of) ? CRASH_FILES_MAX : policy.filesMax);
  return [...Map.groupBy(aside, (one) => one.of).values()].flatMap((ofOneLog) => {
    const newestFirst = [...ofOneLog].sort(compareRotated).reverse();
    return newestFirst.filter(
      (one, place) => place + addedNow(one.of) >= filesMax(one.of) || isTooOld(one, now, keepDays(one.of)),
    );
  });
}

/** What was written to after its day was over, because its writer heard late, is of the day after. */
function isTooOld({ day, writtenAt }: Aside, now: Millis, keepDays: number): boolean {
  const age = daysBetween(day, dayOf(now));
  return age > keepDays || (age === keepDays && (keepDays === 0 || dayOf(writtenAt()) <= day));
}

/** In local time, as the operator's calendar has it. */
export function dayOf(at: Millis): string {
  const date = new Date(at);
  const two = (value: number) => String(value).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** Of calendar days, so that one with 23 or 25 hours is a day like others. */
const daysBetween = (earlier: string, later: string): number =>
  Math.round((Date.parse(later) - Date.parse(earlier)) / MS_PER_DAY);

export function nextMidnight(now: Millis): Millis {
  const date = new Date(now);
  return new Date(date.getFullYear(), date.getMonth(), date.getDate() + 1).getTime();
}
