import type { Millis } from "./clock.ts";

/** A rest that doubles from `first` to `longest`; jitter spreads a crowd that fell at the same moment. */
export interface Backoff {
  readonly first: Millis;
  readonly longest: Millis;
  /** Share of the rest that is random: 0.5 means between half and the whole of it. */
  readonly jitter: number;
}

/** Pure: how long to rest before try number `failures` + 1 (`failures` ≥ 1). `fraction` is 0 ≤ x < 1. */
export function restMs(backoff: Backoff, failures: number, fraction: number): Millis {
  // Past 2^30 the doubling would leave the integers; every `longest` is reached long before.
  const doublings = Math.min(Math.max(0, failures - 1), 30);
  const whole = Math.min(backoff.longest, backoff.first * 2 ** doublings);
  return Math.round(whole * (1 - backoff.jitter) + whole * backoff.jitter * fraction);
}
