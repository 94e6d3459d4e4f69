/** When the next backup is due. Pure. */
import { type Backoff, restMs } from "../../shared/backoff.ts";
import type { Millis } from "../../shared/clock.ts";

const MS_PER_MINUTE = 60_000;
const MS_PER_DAY = 24 * 60 * MS_PER_MINUTE;
/** A start has other things to do: what was missed while the house was off waits so long. */
export const SOON_MS: Millis = 2 * MS_PER_MINUTE;
/** A thousand installations with the same configuration do not reach for the same storage in the same second. */
export const JITTER_MAX_MS: Millis = 30 * MS_PER_MINUTE;
export const AGAIN: Backoff = { first: 10 * MS_PER_MINUTE, longest: 6 * 60 * MS_PER_MINUTE, jitter: 0 };

export interface BackupPast {
  readonly startedAt: Millis;
  /** Of the newest backup that is not known to be damaged, whoever made it. */
  readonly newestAt: Millis | undefined;
  /** Tries that failed since the newest was made, or since the house started. */
  readonly failures: number;
  readonly failedAt: Millis | undefined;
}

/** All of it wall time. `dailyAt`: "04:30", UTC. */
export function planBackup(
  now: Millis,
  past: BackupPast,
  at: { readonly dailyAt: string; readonly jitterMs: Millis },
): Millis {
  const slot = lastSlot(now, at);
  // A clock that was set back must not keep the house from backups until it has caught up again.
  const isMade = past.newestAt !== undefined && past.newestAt >= slot && past.newestAt <= now;
  const madeUpAt = past.startedAt > now ? now : past.startedAt + SOON_MS;
  const missing = slot >= past.startedAt ? slot : madeUpAt;
  const hasFailed = past.failedAt !== undefined && past.failedAt <= now;
  const again = hasFailed ? past.failedAt + restMs(AGAIN, past.failures, 0) : 0;
  return Math.max(isMade ? slot + MS_PER_DAY : missing, again);
}

/** The newest instant at which one should have been made. */
function lastSlot(
  now: Millis,
  { dailyAt, jitterMs }: { readonly dailyAt: string; readonly jitterMs: Millis },
): Millis {
  const [hours = 0, minutes = 0] = dailyAt.split(":").map(Number);
  const inDay = (hours * 60 + minutes) * MS_PER_MINUTE + jitterMs;
  const days = Math.floor((now - inDay) / MS_PER_DAY);
  return days * MS_PER_DAY + inDay;
}
