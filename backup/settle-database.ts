import { createRequire } from "node:module";
import type BetterSqlite3 from "better-sqlite3";
import { isBusy } from "../db/write.ts";
import { toError } from "../shared/errors.ts";

export type Settled =
  /** The file alone is the whole database: there is no -wal and no -shm any more. */
  | { readonly is: "settled" }
  | { readonly is: "in-use" }
  /** What lies there can't be read as a database; it stays as it is. */
  | { readonly is: "unreadable"; readonly problem: string };

const PATIENCE_MS = 1_000;

/**
 * Leaving WAL mode writes everything into the file and removes its companions; SQLite does so only for who is alone
 * with the database. The next who opens it for the house turns it on again.
 */
export function settleDatabase(file: string): Settled {
  const Database: typeof BetterSqlite3 = createRequire(import.meta.url)("better-sqlite3");
  let db: BetterSqlite3.Database | undefined;
  try {
    db = new Database(file, { timeout: PATIENCE_MS, fileMustExist: true });
    db.pragma("wal_checkpoint(TRUNCATE)");
    const mode = db.pragma("journal_mode = DELETE", { simple: true });
    return mode === "delete" ? { is: "settled" } : { is: "in-use" };
  } catch (problem) {
    return isBusy(problem) ? { is: "in-use" } : { is: "unreadable", problem: toError(problem).message };
  } finally {
    db?.close();
  }
}
