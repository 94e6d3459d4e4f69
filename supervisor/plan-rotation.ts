/**
 * Which log files are put aside, and which of those that were are deleted. A file is put aside when it is too large,
 * or when its first line is of an earlier day: that happens at midnight, and after a night without a supervisor. Pure;
 * log-keeper.ts looks and acts.
 */
import type { Millis } from "../shared/clock.ts";
import {
  compareRotated,
  findRotatedName,
  logFileName,
  type RotatedName,
  rotatedFileName,
} from "../shared/log-files.ts";

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

export interface LogFolder {
  readonly live: readonly LiveLog[];
  /** Names of everything else that lies there. */
  readonly others: readonly string[];
}

export type RotationOrder =
  | { readonly do: "put-aside"; readonly name: string; readonly as: string }
  | { readonly do: "delete"; readonly name: string };

const CHAT_LOG = logFileName("chat");
const MS_PER_DAY = 86_400_000;

export function planRotation(
  { live, others }: LogFolder,
  now: Millis,
  policy: RotationPolicy,
): readonly RotationOrder[] {
  const asideBefore = others.flatMap((name) => findRotatedName(name) ?? []);
  const today = dayOf(now);
  const puttingAside = live
    .filter((log) => isDue(log, now, policy) && !isUnwanted(log, policy))
    .map((log) => nextAside(log, asideBefore));
  const unwanted = live.filter((log) => isUnwanted(log, policy)).map((log) => log.name);
  const all = [...asideBefore, ...puttingAside];
  return [
    ...puttingAside.map((aside) => ({
      do: "put-aside" as const,
      name: aside.of,
      as: rotatedFileName(aside),
    })),
    ...[...unwanted, ...planDeletions(all, today, policy).map(rotatedFileName)].map((name) => ({
      do: "delete" as const,
      name,
    })),
  ];
}

/** Whether something is to be done about one of these; to find that out nobody has to look what else lies there. */
export const isAnyDue = (live: readonly LiveLog[], now: Millis, policy: RotationPolicy): boolean =>
  live.some((log) => isDue(log, now, policy) || isUnwanted(log, policy));

const isDue = (log: LiveLog, now: Millis, policy: RotationPolicy): boolean =>
  log.bytes > 0 && (log.bytes >= policy.bytesMax || dayOf(log.begunAt) < dayOf(now));

const isUnwanted = (log: LiveLog, policy: RotationPolicy): boolean =>
  log.name === CHAT_LOG && policy.keepChatDays === 0;

/** Behind everything of its day: turns are never given twice while a later one lies there. */
function nextAside(log: LiveLog, aside: readonly RotatedName[]): RotatedName {
  const day = dayOf(log.begunAt);
  const turns = aside.filter((one) => one.of === log.name && one.day === day).map((one) => one.turn);
  return { of: log.name, day, turn: turns.length === 0 ? 0 : Math.max(...turns) + 1 };
}

function planDeletions(
  aside: readonly RotatedName[],
  today: string,
  policy: RotationPolicy,
): readonly RotatedName[] {
  const keepDays = (of: string) => (of === CHAT_LOG ? policy.keepChatDays : policy.keepDays);
  return [...Map.groupBy(aside, (one) => one.of).values()].flatMap((ofOneLog) => {
    const newestFirst = [...ofOneLog].sort(compareRotated).reverse();
    return newestFirst.filter(
      (one, place) => place >= policy.filesMax || daysBetween(one.day, today) >= keepDays(one.of),
    );
  });
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

/** Some dozens of crashes with their stacks: beyond them the file is put aside when nobody writes it. */
const CRASH_BYTES_MAX = 256 * 1_024;

/** The name it is put aside under, if it should be; it grows old like the other logs. */
export function planCrashLog(log: LiveLog, others: readonly string[]): string | undefined {
  if (log.bytes < CRASH_BYTES_MAX) return undefined;
  return rotatedFileName(
    nextAside(
      log,
      others.flatMap((name) => findRotatedName(name) ?? []),
    ),
  );
}
