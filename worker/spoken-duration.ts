import type { Millis } from "../shared/clock.ts";

/** Pure: "2h 5m 9s"; the hours go on counting past a day. */
export function toSpokenDuration(ms: Millis): string {
  const seconds = Math.max(0, Math.floor(ms / 1_000));
  return `${Math.floor(seconds / 3_600)}h ${Math.floor(seconds / 60) % 60}m ${seconds % 60}s`;
}
