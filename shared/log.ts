import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import pino from "pino";

/** A child logger binds `{ child, channel, module }` once. What a stranger typed goes under `untrusted`, never into field names. */
export type Logger = Pick<pino.Logger, "debug" | "info" | "warn" | "error" | "fatal" | "child" | "level">;

export interface LogFile {
  readonly log: Logger;
  /** Closes and opens the file by name again: call it after the file was rotated away. */
  reopen(): void;
  close(): void;
}

export const LOG_LEVELS = ["debug", "info", "warn", "error"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Tokens never reach a log, wherever a caller's object carries them. */
const SECRET_KEYS = [
  "accessToken",
  "refreshToken",
  "access_token",
  "refresh_token",
  "clientSecret",
  "client_secret",
  "credential",
  "houseKey",
  "authorization",
  "Authorization",
];
const redactPaths = SECRET_KEYS.flatMap((key) => [key, `*.${key}`, `*.*.${key}`]);

/**
 * JSON lines straight into a file, written synchronously: the last line before a death is kept, and no transport
 * thread costs 12 to 21 MB a process.
 */
export function openLogFile(using: {
  readonly file: string;
  readonly level: LogLevel;
  readonly bindings: Record<string, string>;
}): LogFile {
  mkdirSync(dirname(using.file), { recursive: true, mode: 0o700 });
  const destination = pino.destination({ dest: using.file, sync: true, mode: 0o600 });
  // A full disk must not take the process down with it: the line is lost, the bot goes on.
  destination.on("error", () => {});
  const log = pino(
    {
      level: using.level,
      base: using.bindings,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: redactPaths, censor: "[secret]" },
    },
    destination,
  );
  return {
    log,
    reopen: () => destination.reopen(),
    close: () => destination.end(),
  };
}
