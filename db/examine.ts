/** What can be said of a database without changing it. */
import { existsSync, readdirSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import * as v from "valibot";
import { KissError, toError } from "../shared/errors.ts";
import { toDatabaseError } from "./database-errors.ts";
import { findApplied, readMigrations } from "./migrate.ts";
import { type Db, openReadOnly } from "./open.ts";
import { planMigration } from "./plan-migration.ts";

export interface DatabaseFacts {
  readonly file: string;
  readonly bytes: number;
  /** What was written and not yet carried over. */
  readonly walBytes: number;
  /** The number of the newest migration; 0: none. */
  readonly schema: number;
  /** Names of migrations that the next start applies. */
  readonly missing: readonly string[];
  readonly rows: Readonly<Record<string, number>>;
  /** Secrets by the fingerprint of the key that sealed them. */
  readonly sealedWith: Readonly<Record<string, number>>;
  /** Still in the clear, from a version before encryption: the hub seals them when it starts. */
  readonly unsealed: number;
  /** Made before migrations, beside the database. */
  readonly copies: readonly string[];
}

export type Examined =
  | { readonly is: "there"; readonly facts: DatabaseFacts }
  | { readonly is: "none" }
  | { readonly is: "trouble"; readonly because: Error };

export function examineDatabase(file: string): Examined {
  return withReadOnly(file, (db) => toFacts(db, file));
}

export type Checked =
  | { readonly is: "sound"; readonly tables: number }
  | { readonly is: "unsound"; readonly problems: readonly string[] };

const PROBLEMS_MAX = 20;

/** Reads every page, so it takes a while. */
export function checkDatabase(
  file: string,
): { readonly is: "there"; readonly facts: Checked } | Exclude<Examined, { is: "there" }> {
  return withReadOnly(file, (db) => check(db, "integrity_check"));
}

/** Whether the pages hang together, not whether indexes say what tables do: a fifth of the time of `checkDatabase`. */
export function lookOverDatabase(file: string): ReturnType<typeof checkDatabase> {
  return withReadOnly(file, (db) => check(db, "quick_check"));
}

/** A start does not wait longer: about two seconds on a slow machine. */
const SOUND_AT_START_MAX_BYTES = 256 * 1024 * 1024;

/**
 * Before anything is written, by who has no process that looks beside it.
 * @throws KissError database-damaged
 */
export function requireSound(file: string): void {
  if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) > SOUND_AT_START_MAX_BYTES) return;
  const looked = lookOverDatabase(file);
  if (looked.is === "there" && looked.facts.is === "unsound")
    throw new KissError("database-damaged", `${file}: ${looked.facts.problems[0]}`);
}

function withReadOnly<Facts>(
  file: string,
  look: (db: Db) => Facts,
): { readonly is: "there"; readonly facts: Facts } | Exclude<Examined, { is: "there" }> {
  if (!existsSync(file)) return { is: "none" };
  let db: Db | undefined;
  try {
    db = openReadOnly(file);
    return { is: "there", facts: look(db) };
  } catch (problem) {
    return { is: "trouble", because: toDatabaseError(file, problem) };
  } finally {
    db?.close();
  }
}

const Names = v.array(v.string());
const Count = v.number();

function toFacts(db: Db, file: string): DatabaseFacts {
  const applied = findApplied(db) ?? [];
  const missing = planMigration(applied, readMigrations());
  const tables = v.parse(
    Names,
    db
      .prepare(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name",
      )
      .pluck()
      .all(),
  );
  const rows = Object.fromEntries(tables.map((table) => [table, countRows(db, table)]));
  return {
    file,
    bytes: statSync(file).size,
    walBytes: statSync(`${file}-wal`, { throwIfNoEntry: false })?.size ?? 0,
    schema: Math.max(0, ...applied.map(({ number }) => number)),
    missing: missing.map(({ name }) => name),
    rows,
    sealedWith:
      tables.includes("oauth_tokens") && !missing.some(({ number }) => number === ACCOUNTS_MIGRATION)
        ? countSealed(db)
        : {},
    unsealed: rows.unsealed_tokens ?? 0,
    copies: findCopies(file),
  };
}

/** Before it, tokens have no key. */
const ACCOUNTS_MIGRATION = 6;

const countRows = (db: Db, table: string): number =>
  v.parse(
    Count,
    db
      .prepare(`SELECT count(*) FROM "${table.replaceAll('"', '""')}"`)
      .pluck()
      .get(),
  );

function countSealed(db: Db): Readonly<Record<string, number>> {
  const Sealed = v.array(v.object({ key_fingerprint: v.string(), secrets: Count }));
  const found = db.prepare(
    "SELECT key_fingerprint, count(access_token) + count(refresh_token) AS secrets FROM oauth_tokens GROUP BY 1",
  );
  return Object.fromEntries(v.parse(Sealed, found.all()).map((one) => [one.key_fingerprint, one.secrets]));
}

const findCopies = (file: string): readonly string[] =>
  readdirSync(dirname(file))
    .filter((name) => name.startsWith(`${basename(file)}.backup-`) && !name.endsWith(".part"))
    .sort()
    .map((name) => join(dirname(file), name));

function check(db: Db, how: "integrity_check" | "quick_check"): Checked {
  try {
    findApplied(db);
    const said = v.parse(Names, db.prepare(`PRAGMA ${how}(${PROBLEMS_MAX})`).pluck().all());
    const references = how === "integrity_check" ? db.prepare("PRAGMA foreign_key_check").all() : [];
    const broken = v.parse(v.array(v.unknown()), references);
    const problems = [
      ...said.filter((line) => line !== "ok"),
      ...(broken.length > 0 ? [`${broken.length} rows point to rows that are not there`] : []),
    ];
    if (problems.length > 0) return { is: "unsound", problems };
    const count = db.prepare("SELECT count(*) FROM sqlite_schema WHERE type = 'table'").pluck();
    return { is: "sound", tables: v.parse(Count, count.get()) };
  } catch (problem) {
    // Pages so damaged that the check itself can't go on: that is its answer.
    const error = toError(problem);
    if (
      problem instanceof KissError ||
      !("code" in error) ||
      !String(error.code).startsWith("SQLITE_CORRUPT")
    )
      throw problem;
    return { is: "unsound", problems: [error.message] };
  }
}
