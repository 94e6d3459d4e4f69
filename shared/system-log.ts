import { join } from "node:path";
import { type LogFile, type LogLevel, openLogFile } from "./log.ts";

/** Where a process writes its figures: beside its other logs, apart from them, so that a line a minute drowns nothing. */
export const openSystemLog = (using: {
  readonly folder: string;
  readonly level: LogLevel;
  readonly bindings: Record<string, string>;
}): LogFile => openLogFile({ ...using, file: join(using.folder, "system.log") });
