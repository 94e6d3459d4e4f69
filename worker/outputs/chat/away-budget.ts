/** While the hub is away nobody counts for the whole account; each worker then keeps to its own share of the limit. */
import type { Millis } from "../../../shared/clock.ts";

export const BUDGET_WINDOW_MS: Millis = 30_000;

/** Pure: how long until a message more stays within `budget` per window. `sentAt` ascends. */
export function planAwayWait(sentAt: readonly Millis[], budget: number, now: Millis): Millis {
  if (budget === 0) return BUDGET_WINDOW_MS;
  const recent = sentAt.filter((at) => now - at < BUDGET_WINDOW_MS);
  const oldestInTheWay = recent[recent.length - budget];
  return oldestInTheWay === undefined ? 0 : oldestInTheWay + BUDGET_WINDOW_MS - now;
}
