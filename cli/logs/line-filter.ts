/** Which lines of a log somebody wants to see. Pure. */
import type { Millis } from "../../shared/clock.ts";
import { LOG_LEVELS, type LogLevel } from "../../shared/log.ts";
import { parseDuration } from "../duration.ts";
import { plainPaint } from "../paint.ts";
import { headOf, type Origin, parseLogLine, renderLogLine } from "./log-line.ts";

/** Whether a line is wanted; "stop" when neither it nor any before it is. */
export type Judge = (line: string) => "take" | "skip" | "stop";

export interface LineWish {
  /** This one and those above. */
  readonly level?: LogLevel | undefined;
  /** Stands in the line, as it is shown or as it was written; upper and lower case are the same. */
  readonly grep?: string | undefined;
  /** Wall time. */
  readonly since?: Millis | undefined;
}

/** A line without a time, a stack on stderr for one, has no level either and belongs to the time around it. */
export function makeLineFilter(origin: Origin, wish: LineWish): Judge {
  const { level, since } = wish;
  const grep = wish.grep?.toLowerCase();
  if (level === undefined && since === undefined && grep === undefined) return () => "take";
  const word = grep === undefined ? undefined : findTellingWord(grep, origin);
  return (text) => {
    const head = headOf(text);
    if (since !== undefined && head && head.at < since) return "stop";
    if (level !== undefined && severity(head?.level) < severity(level)) return "skip";
    if (grep === undefined) return "take";
    const written = text.toLowerCase();
    if (written.includes(grep)) return "take";
    // Showing a line costs ten times what reading it costs.
    if (word !== undefined && !written.includes(word)) return "skip";
    const shown = renderLogLine(parseLogLine(origin, text), plainPaint);
    return shown.toLowerCase().includes(grep) ? "take" : "skip";
  };
}

/** What is shown of a line that does not stand in it (log-line.ts), apart from figures and escapes. */
const SHOWN_ONLY = "the bot somebody stranger ms err";
const ESCAPE_OR_FIGURE = /^[u0-9a-f]*$/;

/** A word of `grep` that stands in every line that shows it; undefined when it has none of that kind. */
function findTellingWord(grep: string, origin: Origin): string | undefined {
  const elsewhere = `${SHOWN_ONLY} ${origin.toLowerCase()}`;
  return (grep.match(/[a-z0-9_]+/g) ?? []).find(
    (word) => !ESCAPE_OR_FIGURE.test(word) && !elsewhere.includes(word),
  );
}

const SEVERITIES: readonly string[] = [...LOG_LEVELS, "fatal"];
const severity = (level: string | undefined): number =>
  level === undefined ? -1 : SEVERITIES.indexOf(level);

const DATE = /^\d{4}-\d\d-\d\d$/;
const DATE_TIME = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?(?:Z|[+-]\d\d:\d\d)?$/;
const DAYS = /^(\d{1,5})d$/;
const MS_PER_DAY = 86_400_000;

/** "10m", "2h", "3d": so long ago. "2026-11-21", "2026-11-21T05:00": then, local time unless it says a zone. */
export function parseSince(text: string, now: Millis): Millis | undefined {
  const days = DAYS.exec(text)?.[1];
  const agoMs = days === undefined ? parseDuration(text) : Number(days) * MS_PER_DAY;
  if (agoMs !== undefined) return now - agoMs;
  if (!DATE.test(text) && !DATE_TIME.test(text)) return undefined;
  // A date alone would be read as UTC.
  const at = Date.parse(DATE.test(text) ? `${text}T00:00` : text.replace(" ", "T"));
  return Number.isNaN(at) ? undefined : at;
}
