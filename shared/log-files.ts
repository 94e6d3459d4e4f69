/** The names of an installation's log files: who writes them, the supervisor that rotates them, the cli that reads them. */
import { join } from "node:path";

/**
 * In logs/broadcast/<channel>/: `instance`, the worker's life, and everything that is none of the others; `chat`, what
 * was said in the channel; `commands`, one line for each signal and how it ended; `system`, what the process costs.
 */
export const CHANNEL_LOGS = ["instance", "chat", "commands", "system"] as const;
export type ChannelLogName = (typeof CHANNEL_LOGS)[number];

/** In logs/. To `system` both write, each about itself. */
export const HOUSE_LOGS = ["supervisor", "hub", "system"] as const;
export type HouseLogName = (typeof HOUSE_LOGS)[number];

export const logFileName = (name: ChannelLogName | HouseLogName): string => `${name}.log`;
export const channelLogFile = (folder: string, name: ChannelLogName): string =>
  join(folder, logFileName(name));

/** "chat.log.2026-11-21", and behind it on the same day "chat.log.2026-11-21.1", ".2" … in the order they were written. */
export interface RotatedName {
  /** "chat.log" */
  readonly of: string;
  /** The day its first line was written, local time: "2026-11-21". */
  readonly day: string;
  readonly turn: number;
}

/** In logs/, and in each channel's folder: what a process said on its stdout and stderr, which should be nothing. */
export const HOUSE_CRASH_LOGS = [
  "crash-supervisor.log",
  "crash-hub.log",
  "crash-drakon.log",
  "pm2.log",
] as const;
export const CHANNEL_CRASH_LOGS = ["crash.log"] as const;

const ROTATED = /^(?<of>[a-z][a-z0-9-]*\.log)\.(?<day>\d{4}-\d\d-\d\d)(?:\.(?<turn>\d{1,9}))?$/;

export function findRotatedName(fileName: string): RotatedName | undefined {
  const { of, day, turn } = ROTATED.exec(fileName)?.groups ?? {};
  return of !== undefined && day !== undefined ? { of, day, turn: Number(turn ?? 0) } : undefined;
}

export const rotatedFileName = ({ of, day, turn }: RotatedName): string =>
  turn === 0 ? `${of}.${day}` : `${of}.${day}.${turn}`;

/** Oldest first. */
export const compareRotated = (a: RotatedName, b: RotatedName): number =>
  a.day === b.day ? a.turn - b.turn : a.day < b.day ? -1 : 1;
