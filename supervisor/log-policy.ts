/** What the configuration says about logs, in the words of plan-rotation.ts. Pure. */
import type { Config } from "../shared/config.ts";
import type { RotationPolicy } from "./plan-rotation.ts";

const BYTES_PER_MB = 1_024 * 1_024;
/** Whatever happens, a log takes no more disk than this many files of `rotate_mb`. */
const FILES_MAX = 50;

export const keepsChat = (log: Config["log"]): boolean => log.chat === "on" && log.keep_chat_days > 0;

export const toRotationPolicy = (log: Config["log"]): RotationPolicy => ({
  bytesMax: log.rotate_mb * BYTES_PER_MB,
  keepDays: log.keep_days,
  keepChatDays: log.keep_chat_days,
  filesMax: FILES_MAX,
});
