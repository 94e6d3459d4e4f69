/**
 * Reads that follow one another within one turn of the loop share a transaction: taking and leaving the lock of one
 * costs as much as finding a row. A read has none when none came in the same millisecond before it, because mostly no
 * other follows. It ends with the turn, so the next one sees what others wrote and nobody's checkpoint waits for
 * longer. For connections that only read.
 */
import type { Millis } from "../shared/clock.ts";
import type { Db } from "./open.ts";

export interface ReadsOfATurn {
  /** To be called before each read. `now`: any clock's. */
  begin(now: Millis): void;
}

/** For a loop that looks up and up without ever turning: some milliseconds. */
export const READS_A_TRANSACTION_MAX = 1_000;

export function makeReadsOfATurn(db: Db, whenTheTurnEnds: (run: () => void) => void): ReadsOfATurn {
  const beginTransaction = db.prepare("BEGIN");
  const endTransaction = db.prepare("COMMIT");
  let lastAt: Millis | undefined;
  let reads = 0;
  const end = () => {
    reads = 0;
    lastAt = undefined;
    if (db.open && db.inTransaction) endTransaction.run();
  };
  return {
    begin(now) {
      if (reads > 0) {
        reads += 1;
        if (reads <= READS_A_TRANSACTION_MAX) return;
        endTransaction.run();
      } else if (now === lastAt) whenTheTurnEnds(end);
      else {
        lastAt = now;
        return;
      }
      beginTransaction.run();
      reads = 1;
    },
  };
}
