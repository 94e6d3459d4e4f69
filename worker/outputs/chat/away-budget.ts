/** While the hub is away nobody counts for the whole account; each worker then keeps to its own share of the limit. */
import type { Millis } from "../../../shared/clock.ts";

/** What the hub allowed when it was last here: at most `count` messages in every `windowMs`. */
export interface AwayBudget {
  readonly count: number;
  readonly windowMs: Millis;
}

/** Whoever was never told its share speaks this seldom. */
export const UNTOLD_BUDGET: AwayBudget = { count: 1, windowMs: 60_000 };

/** Pure: how long until a message more stays within the budget. `sentAt` ascends. */
export function planAwayWait(sentAt: readonly Millis[], budget: AwayBudget, now: Millis): Millis {
  const { count, windowMs } = budget;
  if (count === 0) return windowMs;
  const recent = sentAt.filter((at) => now - at < windowMs);
  const oldestInTheWay = recent[recent.length - count];
  return oldestInTheWay === undefined ? 0 : oldestInTheWay + windowMs - now;
}
