/**
 * Numbered, forward-only migrations: `db/migrations/NNNN-what.sql`, each run once, in order, checksummed. Promises:
 * a database is copied beside itself before it is changed; what is missing is applied by one process and in one
 * transaction, so that a kill at any moment leaves the old schema or the new one; whoever comes meanwhile waits.
 */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import type { AuditSource } from "../shared/audit-events.ts";
import { KissError } from "../shared/errors.ts";
import { checkoutFolder } from "../shared/home.ts";
import { makeAuditLog } from "./audit-log.ts";
import type { Db } from "./open.ts";
import { type AppliedMigration, type Migration, planMigration } from "./plan-migration.ts";
import { insistently } from "./write.ts";

export function readMigrations(folder = join(checkoutFolder, "db", "migrations")): readonly Migration[] {
  return readdirSync(folder)
    .filter((file) => /^\d{4}-[a-z0-9-]+\.sql$/.test(file))
    .sort()
    .map((file) => {
      const sql = readFileSync(join(folder, file), "utf8");
      return {
        number: Number(file.slice(0, 4)),
        name: file,
        sql,
        checksum: createHash("sha256").update(sql).digest("hex"),
      };
    });
}

const Rows = v.array(v.object({ number: v.number(), name: v.string(), checksum: v.string() }));

/** Reads only. undefined: there is nothing at all in it. @throws KissError database-foreign */
export function findApplied(db: Db): readonly AppliedMigration[] | undefined {
  const tables = new Set(db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").pluck().all());
  if (tables.has("migrations")) {
    return v.parse(Rows, db.prepare("SELECT number, name, checksum FROM migrations ORDER BY number").all());
  }
  if (tables.size > 0) throw new KissError("database-foreign", `its tables are ${[...tables].join(", ")}`);
  return undefined;
}

/** All of them in one transaction. Whoever did the same meanwhile has done it. `source`: whom the audit log names. */
export function applyMigrations(db: Db, known: readonly Migration[], source: AuditSource = "cli"): void {
  const work = db.transaction(() => {
    db.exec(
      "CREATE TABLE IF NOT EXISTS migrations (number INTEGER PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL, applied_at INTEGER NOT NULL) STRICT",
    );
    const applied = findApplied(db) ?? [];
    const missing = planMigration(applied, known);
    const note = db.prepare(
      "INSERT INTO migrations (number, name, checksum, applied_at) VALUES (?, ?, ?, unixepoch())",
    );
    for (const migration of missing) {
      db.exec(migration.sql);
      note.run(migration.number, migration.name, migration.checksum);
    }
    noteInAudit(db, source, applied, missing);
    const broken = db.pragma("foreign_key_check");
    if (Array.isArray(broken) && broken.length > 0) {
      throw new KissError("database-damaged", `${broken.length} rows point to rows that are not there`);
    }
  });
  insistently(() => work.immediate());
}

/** A database that was just made has no older schema to tell of, and an older one than the audit log no log. */
function noteInAudit(
  db: Db,
  source: AuditSource,
  applied: readonly AppliedMigration[],
  missing: readonly Migration[],
): void {
  const isThere = db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'audit_log'").get() !== undefined;
  const [from, to] = [newest(applied), newest(missing)];
  if (isThere && from > 0 && to > 0)
    makeAuditLog(db, source, Date.now).write("database-migrated", { from, to });
}

/** 0: none. */
export const newest = (migrations: readonly { readonly number: number }[]): number =>
  Math.max(0, ...migrations.map(({ number }) => number));
