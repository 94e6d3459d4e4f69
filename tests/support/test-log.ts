import type { Logger } from "../../shared/log.ts";

export interface LogLine {
  readonly level: string;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly text: string;
}

/** A logger whose lines a test can read. Children write into the same list. */
export function makeTestLog(): { readonly log: Logger; readonly lines: readonly LogLine[] } {
  const lines: LogLine[] = [];
  const write =
    (level: string, bindings: object) =>
    (fields: object = {}, text = "") => {
      lines.push({ level, fields: { ...bindings, ...fields }, text });
    };
  const make = (bindings: object): Logger => {
    const log = {
      level: "debug",
      debug: write("debug", bindings),
      info: write("info", bindings),
      warn: write("warn", bindings),
      error: write("error", bindings),
      fatal: write("fatal", bindings),
      child: (more: object) => make({ ...bindings, ...more }),
    };
    return log as unknown as Logger;
  };
  return { log: make({}), lines };
}
