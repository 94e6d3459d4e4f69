import { makeEventJournal } from "../db/event-journal.ts";
import { openDatabase } from "../db/open.ts";
import type { Clock } from "../shared/clock.ts";
import type { Logger } from "../shared/log.ts";
import { type Journal, type JournalTrouble, makeJournal } from "./journal.ts";

/**
 * Pages of the write-ahead log after which a commit also copies them into the database and waits for the disk
 * (8 ms on an SSD). Four times SQLite's own: the hub's loop stands still meanwhile, and the journal's few pages are
 * written again and again.
 */
const CHECKPOINT_PAGES = 4_000;

/** The journal on a connection of its own: that of the rest of the hub waits for other processes, this one never does. */
export function openJournal(using: {
  readonly database: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly onTrouble: JournalTrouble;
}): Journal {
  const db = openDatabase(using.database);
  db.pragma(`wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
  const journal = makeJournal({ ...using, store: makeEventJournal(db) });
  return {
    ...journal,
    close() {
      journal.close();
      db.close();
    },
  };
}
