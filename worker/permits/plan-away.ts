import type { Millis } from "../../shared/clock.ts";
import type { AwayShare } from "../../shared/ipc/permit-words.ts";

/**
 * Pure: how long until one use more stays within the share; 0 now, undefined: not while things stand so. `usedAt`:
 * this worker's own uses without a hub, ascending.
 */
export function planAwayWait(
  usedAt: readonly Millis[],
  share: AwayShare,
  time: { readonly now: Millis; readonly wall: Millis; readonly goneForMs: Millis | undefined },
): Millis | undefined {
  const { count, windowMs, afterMs, turn } = share;
  if (count === 0 || time.goneForMs === undefined) return undefined;
  const waits = [afterMs - time.goneForMs];
  const oldestInTheWay = usedAt.filter((at) => time.now - at < windowMs).at(-count);
  if (oldestInTheWay !== undefined) waits.push(oldestInTheWay + windowMs - time.now);
  if (turn) waits.push(untilTurn(time.wall, windowMs, turn));
  return Math.max(0, ...waits);
}

/** All workers of a house look at the same wall clock. */
function untilTurn(wall: Millis, windowMs: Millis, { index, of }: NonNullable<AwayShare["turn"]>): Millis {
  const piece = Math.floor(wall / windowMs);
  const ahead = (((index - piece) % of) + of) % of;
  return ahead === 0 ? 0 : (piece + ahead) * windowMs - wall;
}
