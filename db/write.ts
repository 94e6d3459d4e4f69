/**
 * The one way to write: a short immediate transaction. Immediate, because a deferred one that reads first fails at
 * once when another process wrote in between. Whoever finds another at it waits here and not in SQLite, whose own
 * waits grow to a tenth of a second at a time: a hundred processes that write a fifth of a millisecond each are in
 * each other's way for moments only. "Busy" reaches nobody before PATIENCE_MS.
 */
import type { Millis } from "../shared/clock.ts";
import type { Db } from "./open.ts";

/** How long a writer waits for others' short transactions before it gives up with SQLITE_BUSY. */
export const PATIENCE_MS: Millis = 10_000;
/** The first wait for another's transaction; each after it is twice as long, up to the longest. */
const WAIT_MS = { first: 0.2, longest: 4 };

export const isBusy = (problem: unknown): boolean =>
  problem instanceof Error && "code" in problem && String(problem.code).startsWith("SQLITE_BUSY");

/** Prepares `work`, which is done whole or not at all. It may be done twice: it has no effects outside the database. */
export function makeWrite<Args extends readonly unknown[], Result>(
  db: Db,
  work: (...args: Args) => Result,
): (...args: Args) => Result {
  const transaction = db.transaction((...args: unknown[]) => work(...(args as unknown as Args)));
  const usual = Number(db.pragma("busy_timeout", { simple: true }));
  return (...args) => {
    // Part of a larger transaction: that one has waited.
    if (db.inTransaction) return transaction.immediate(...args);
    // Not a prepared statement: SQLite carries this one out as it prepares it.
    db.exec("PRAGMA busy_timeout = 0");
    try {
      return insistently(() => transaction.immediate(...args));
    } finally {
      db.exec(`PRAGMA busy_timeout = ${usual}`);
    }
  };
}

/** Does again what failed only because others were in the way. */
export function insistently<Result>(work: () => Result): Result {
  const giveUpAt = performance.now() + PATIENCE_MS;
  for (let waitMs = WAIT_MS.first; ; waitMs = Math.min(waitMs * 2, WAIT_MS.longest)) {
    try {
      return work();
    } catch (problem) {
      if (!isBusy(problem) || performance.now() > giveUpAt) throw problem;
      // Not all at once again.
      pause(waitMs * (0.5 + Math.random()));
    }
  }
}

const never = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));

/** Synchronous, as everything about this database is. */
const pause = (ms: Millis): void => void Atomics.wait(never, 0, 0, ms);
