/** Messages in the last full minute, from running totals that come every few seconds. Pure. */
import type { Millis } from "../shared/clock.ts";
import type { ChildStatus } from "../shared/ipc/control.ts";
import type { Counters } from "../shared/ipc/supervisor-child.ts";

/** Totals as they stood at an instant. */
interface Mark {
  readonly at: Millis;
  readonly seen: number;
  readonly sent: number;
}

/** Oldest first: at most one that is a minute old or older, to measure from, and the newest at the end. */
export type MinuteMarks = readonly Mark[];

const MINUTE_MS: Millis = 60_000;
/** A minute is known to within this; closer marks would only cost memory. */
const MARK_EVERY_MS: Millis = 4_000;

export function stepMinuteRates(
  marks: MinuteMarks,
  counters: Pick<Counters, "messagesSeen" | "messagesSent">,
  at: Millis,
): MinuteMarks {
  const newest: Mark = { at, seen: counters.messagesSeen, sent: counters.messagesSent };
  const last = marks.at(-1);
  // Totals only grow: smaller ones are another process's.
  if (last && (newest.seen < last.seen || newest.sent < last.sent)) return [newest];
  const before = marks.at(-2);
  const isLastKept = before === undefined || (last !== undefined && last.at - before.at >= MARK_EVERY_MS);
  const kept = isLastKept ? marks : marks.slice(0, -1);
  const from = kept.findLastIndex((mark) => at - mark.at >= MINUTE_MS);
  return [...kept.slice(Math.max(0, from)), newest];
}

/** undefined until a minute has been heard. */
export function toPerMinute(marks: MinuteMarks): ChildStatus["perMinute"] {
  const [oldest, newest] = [marks[0], marks.at(-1)];
  if (!oldest || !newest || newest.at - oldest.at < MINUTE_MS) return undefined;
  const minutes = (newest.at - oldest.at) / MINUTE_MS;
  return {
    seen: Math.round((newest.seen - oldest.seen) / minutes),
    sent: Math.round((newest.sent - oldest.sent) / minutes),
  };
}
