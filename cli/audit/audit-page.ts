/** One event of the audit log as one line for eyes. Pure. */
import type { AuditEntry } from "../../db/audit-log.ts";
import type { Paint } from "../paint.ts";
import { safeText } from "../safe-text.ts";

/** As long as the longest name of an event, so that details stand below one another. */
const EVENT_WIDTH = 20;

/** Local time, as in the logs. */
export function describeAuditEntry(entry: AuditEntry, paint: Paint): string {
  const { at, event, channel, source, person, details } = entry;
  const who = [channel === undefined ? [] : [`#${channel}`], `by ${person ?? source}`].flat().join(" ");
  const facts = Object.entries(details)
    .filter(([, value]) => value !== "")
    .map(([name, value]) => `${name}: ${value}`)
    .join(", ");
  return [
    paint("dim", toLocalTime(at)),
    paint("bold", safeText(event).padEnd(EVENT_WIDTH)),
    safeText([who, facts].filter((part) => part !== "").join("  ")),
  ].join("  ");
}

/** "2026-11-21 05:00:00" */
function toLocalTime(at: number): string {
  const local = new Date(at - new Date(at).getTimezoneOffset() * MS_PER_MINUTE);
  return local.toISOString().slice(0, 19).replace("T", " ");
}
const MS_PER_MINUTE = 60_000;
