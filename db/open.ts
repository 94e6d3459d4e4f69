import { chmodSync, mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname } from "node:path";
import type BetterSqlite3 from "better-sqlite3";
import { migrate } from "./migrate.ts";

export type Db = BetterSqlite3.Database;

/** How long a writer waits for another's short transaction before it gives up with SQLITE_BUSY. */
const BUSY_TIMEOUT_MS = 5_000;

/**
 * Opens the house's database with every pragma it needs, and brings its schema up to date. SQLite is loaded here
 * and not by an import, which in a bundle would cost every worker 1 MB at its start.
 * Transactions are short and `.immediate()`: a deferred read-then-write fails at once when another process wrote.
 */
export function openDatabase(file: string): Db {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const Database: typeof BetterSqlite3 = createRequire(import.meta.url)("better-sqlite3");
  const db = new Database(file, { timeout: BUSY_TIMEOUT_MS });
  chmodSync(file, 0o600);
  db.pragma("journal_mode = WAL");
  db.pragma("synchronous = NORMAL");
  db.pragma("foreign_keys = ON");
  // 512 kB of page cache: a worker asks for single rows.
  db.pragma("cache_size = -512");
  migrate(db);
  return db;
}
