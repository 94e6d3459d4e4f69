/**
 * The one way to write: a short immediate transaction. Immediate, because a deferred one that reads first fails at
 * once when another process wrote in between. Whoever finds another at it waits inside SQLite, which costs
 * microseconds a look: an exception costs a fifth of a millisecond, and a hundred processes that throw one at every
 * look leave no processor to the one they wait for (measured: 1,200 transactions a second instead of 9,200, and the
 * median of a paced one 35 ms instead of 0.2). "Busy" reaches nobody before PATIENCE_MS.
 */
import * as v from "valibot";
import type { Millis } from "../shared/clock.ts";
import type { Db } from "./open.ts";
import { findWriteGate, type WriteGate } from "./write-gate.ts";

/** How long a writer waits for others' short transactions before it gives up with SQLITE_BUSY. */
export const PATIENCE_MS: Millis = 10_000;
/** Between two attempts at what SQLite does not wait for itself: the first change of a new file's journal mode. */
const WAIT_MS = { first: 1, longest: 64 };
/** 16 MB, four times what SQLite itself lets it grow to. */
const LOG_PAGES_TO_BEGIN_ANEW = 4_000;
const CheckpointAnswer = v.tuple([v.object({ log: v.number() })]);

export const isBusy = (problem: unknown): boolean =>
  problem instanceof Error && "code" in problem && String(problem.code).startsWith("SQLITE_BUSY");

/** Prepares `work`, which is done whole or not at all. It may be done twice: it has no effects outside the database. */
export function makeWrite<Args extends readonly unknown[], Result>(
  db: Db,
  work: (...args: Args) => Result,
): (...args: Args) => Result {
  const transaction = db.transaction((...args: unknown[]) => work(...(args as unknown as Args)));
  // Part of a larger transaction: that one has waited.
  return (...args) =>
    db.inTransaction ? transaction.immediate(...args) : inTurn(db, () => transaction.immediate(...args));
}

function inTurn<Result>(db: Db, work: () => Result): Result {
  const gate = findWriteGate(db);
  if (!gate) return insistently(work);
  let isToCheckpoint = false;
  gate.enter();
  try {
    return insistently(work);
  } finally {
    isToCheckpoint = gate.leave();
    if (isToCheckpoint) checkpoint(db, gate);
  }
}

/**
 * Beside the others' writing. A log that is wholly home is begun anew, and while others write it never is: once it has
 * grown, the few pages that came meanwhile are brought home while nobody writes. That waits for the disk twice, and
 * all others with it, and so it is seldom done.
 */
function checkpoint(db: Db, gate: WriteGate): void {
  if (bringLogHome(db) < LOG_PAGES_TO_BEGIN_ANEW) return;
  gate.enter();
  bringLogHome(db);
  gate.leave();
}

/** The pages of the log, those that are home included. */
function bringLogHome(db: Db): number {
  try {
    return v.parse(CheckpointAnswer, db.pragma("wal_checkpoint(PASSIVE)"))[0].log;
  } catch {
    // The write itself is done. What keeps the log from coming home will keep the next one from being written.
    return 0;
  }
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
