/**
 * Intervals that fall due together. Each is called at whole multiples of its length on the process's own clock, so
 * what repeats every 6 s and what repeats every 60 s share a wake-up: waking an idle process costs more than most of
 * what it then does. The first call comes after one length at most. Processes have clocks that start with them,
 * which keeps a fleet from waking as one.
 */
import type { Clock, Millis } from "./clock.ts";

/** A timer may come this much before its time. */
const EARLY_MS: Millis = 2;

interface Interval {
  readonly everyMs: Millis;
  readonly call: () => void;
  dueAt: Millis;
}

export function makeIntervals(using: Pick<Clock, "now" | "after">): Clock["every"] {
  const { now, after } = using;
  const intervals = new Set<Interval>();
  let wakeAt = Number.POSITIVE_INFINITY;
  let cancelWake = () => {};

  const wakeBy = (at: Millis) => {
    if (at >= wakeAt) return;
    cancelWake();
    wakeAt = at;
    cancelWake = after(Math.max(0, at - now()), wake);
  };
  const wake = () => {
    wakeAt = Number.POSITIVE_INFINITY;
    const at = now() + EARLY_MS;
    const due = [...intervals].filter(({ dueAt }) => dueAt <= at);
    for (const interval of due) interval.dueAt = nextMultiple(interval.everyMs, at);
    // Before the calls: one that throws must not end the others for ever.
    for (const { dueAt } of intervals) wakeBy(dueAt);
    for (const interval of due) if (intervals.has(interval)) interval.call();
  };
  return (everyMs, call) => {
    const interval: Interval = { everyMs, call, dueAt: nextMultiple(everyMs, now()) };
    intervals.add(interval);
    wakeBy(interval.dueAt);
    return () => {
      intervals.delete(interval);
      if (intervals.size > 0) return;
      // Nothing is left to hold the process for.
      cancelWake();
      wakeAt = Number.POSITIVE_INFINITY;
    };
  };
}

const nextMultiple = (everyMs: Millis, at: Millis): Millis => (Math.floor(at / everyMs) + 1) * everyMs;
