/** Spans of time, as people write and read them. Pure. */
import type { Millis } from "../shared/clock.ts";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const UNITS: Readonly<Record<string, Millis>> = { ms: 1, s: SECOND, m: MINUTE, h: HOUR };

/** "900ms", "20s", "5m", "2h"; a bare number means seconds. undefined when it is none of these, or no time at all. */
export function parseDuration(text: string): Millis | undefined {
  const found = /^(\d{1,9}(?:\.\d{1,3})?)(ms|s|m|h)?$/.exec(text.trim());
  const ms = Number(found?.[1]) * (UNITS[found?.[2] ?? "s"] ?? Number.NaN);
  return ms > 0 ? ms : undefined;
}

/** The two largest units that matter: "412 ms", "12 s", "3m 20s", "5h 12m", "3d 4h". */
export function formatDuration(ms: Millis): string {
  if (ms < SECOND) return `${Math.max(0, Math.round(ms))} ms`;
  if (ms < MINUTE) return `${Math.floor(ms / SECOND)} s`;
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)}m ${Math.floor((ms % MINUTE) / SECOND)}s`;
  if (ms < DAY) return `${Math.floor(ms / HOUR)}h ${Math.floor((ms % HOUR) / MINUTE)}m`;
  return `${Math.floor(ms / DAY)}d ${Math.floor((ms % DAY) / HOUR)}h`;
}

/** Short spans with the digit that matters: "0.9 s", "12 s". */
export function formatSeconds(ms: Millis): string {
  const seconds = ms / SECOND;
  return `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`;
}

/** Latencies: "0.8 ms", "12.4 ms", "1.2 s". */
export function formatLatency(ms: Millis): string {
  return ms < SECOND ? `${ms < 100 ? ms.toFixed(1) : Math.round(ms)} ms` : formatSeconds(ms);
}
