import { accessSync, chmodSync, constants, existsSync, mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname } from "node:path";
import type BetterSqlite3 from "better-sqlite3";
import type { AuditSource } from "../shared/audit-events.ts";
import type { Millis } from "../shared/clock.ts";
import { copyAside, removeOldCopies } from "./copy-aside.ts";
import { toDatabaseError } from "./database-errors.ts";
import { applyMigrations, findApplied, readMigrations } from "./migrate.ts";
import { type Migration, planMigration } from "./plan-migration.ts";
import { insistently } from "./write.ts";

export type Db = BetterSqlite3.Database;

/** How long a writer waits for another's short transaction before it gives up with SQLITE_BUSY. */
const BUSY_TIMEOUT_MS: Millis = 5_000;
/** A migration copies the whole database first: whoever comes meanwhile waits this long for it. */
const MIGRATION_WAIT_MS: Millis = 120_000;

export interface Opening {
  /** Whom the audit log names when this one migrates. */
  readonly source?: AuditSource;
  readonly migrations?: readonly Migration[];
  /** Wall time: names the copy that is made before a migration. */
  readonly now?: () => Millis;
}

/**
 * Opens the house's database with every pragma it needs, and brings its schema up to date. SQLite is loaded here
 * and not by an import, which in a bundle would cost every worker 1 MB at its start. Nothing is written before it is
 * clear that the file is ours and this version knows it.
 * @throws KissError database-newer, -changed, -foreign, -damaged, -not-writable, -full
 */
export function openDatabase(file: string, opening: Opening = {}): Db {
  let db: Db | undefined;
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    if (existsSync(file)) accessSync(file, constants.W_OK);
    db = connect(file, BUSY_TIMEOUT_MS);
    const known = opening.migrations ?? readMigrations();
    const missing = planMigration(insistently(() => findApplied(db as Db)) ?? [], known);
    chmodSync(file, 0o600);
    setPragmas(db);
    if (missing.length > 0) migrate(file, db, known, opening);
    return db;
  } catch (problem) {
    db?.close();
    throw toDatabaseError(file, problem);
  }
}

/** The usual patience, for a connection on which something set another. */
export const setPatience = (db: Db): void => void db.pragma(`busy_timeout = ${BUSY_TIMEOUT_MS}`);

/** Reads what is there as it is: no pragma is set, nothing is migrated or created. */
export function openReadOnly(file: string): Db {
  const Database = loadSqlite();
  try {
    return new Database(file, { timeout: BUSY_TIMEOUT_MS, readonly: true, fileMustExist: true });
  } catch (problem) {
    throw toDatabaseError(file, problem);
  }
}

/** A copy to try something on, with the newest schema; an empty one where no file is named. Nothing is written anywhere. */
export function openCopyInMemory(file: string | undefined): Db {
  const Database = loadSqlite();
  const source = file === undefined ? undefined : openReadOnly(file);
  try {
    const db = source ? new Database(withoutWal(source.serialize())) : new Database(":memory:");
    db.pragma("foreign_keys = ON");
    applyMigrations(db, readMigrations());
    return db;
  } catch (problem) {
    throw toDatabaseError(file ?? ":memory:", problem);
  } finally {
    source?.close();
  }
}

/** Bytes 18 and 19 of the header say whether there is a write-ahead log, which memory has none of. */
function withoutWal(image: Buffer): Buffer {
  const ROLLBACK = 1;
  return Buffer.from(image).fill(ROLLBACK, 18, 20);
}

const loadSqlite = (): typeof BetterSqlite3 => createRequire(import.meta.url)("better-sqlite3");

function connect(file: string, timeout: Millis): Db {
  const Database = loadSqlite();
  return new Database(file, { timeout });
}

function setPragmas(db: Db): void {
  // Others that open a new database at the same moment are in the way of the first of these only.
  insistently(() => db.pragma("journal_mode = WAL"));
  db.pragma("synchronous = NORMAL");
  db.pragma("foreign_keys = ON");
  // 512 kB of page cache: a worker asks for single rows.
  db.pragma("cache_size = -512");
}

/**
 * One process at a time: the lock is the kernel's, on a file of its own, so a killed process leaves none behind, and
 * a copy can be made outside the transaction that changes the schema.
 */
function migrate(file: string, db: Db, known: readonly Migration[], opening: Opening): void {
  const lockFile = `${file}.lock`;
  const lock = connect(lockFile, MIGRATION_WAIT_MS);
  try {
    chmodSync(lockFile, 0o600);
    lock.exec("BEGIN EXCLUSIVE");
    const applied = findApplied(db);
    if (planMigration(applied ?? [], known).length === 0) return;
    if (applied !== undefined) copyAside(db, file, (opening.now ?? Date.now)());
    applyMigrations(db, known, opening.source);
    removeOldCopies(file);
  } finally {
    lock.close();
  }
}
