import type { Logger } from "../../shared/log.ts";

const nothing = () => {};

/** A logger for tests that look at behaviour, not at lines. */
export const silentLog: Logger = {
  level: "silent",
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: nothing,
  fatal: nothing,
  child: () => silentLog as never,
} as Logger;
