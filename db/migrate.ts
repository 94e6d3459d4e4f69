/** Numbered, forward-only migrations: `db/migrations/NNNN-what.sql`, each run once, in order, checksummed. */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { KissError } from "../shared/errors.ts";
import { checkoutFolder } from "../shared/home.ts";
import type { Db } from "./open.ts";

export interface Migration {
  readonly number: number;
  readonly name: string;
  readonly sql: string;
  readonly checksum: string;
}

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

/**
 * Runs what is missing, all in one transaction that other processes wait for, so any number may start at once.
 * @throws KissError database-newer, database-changed
 */
export function migrate(db: Db, migrations = readMigrations()): void {
  db.transaction(() => {
    db.exec(
      "CREATE TABLE IF NOT EXISTS migrations (number INTEGER PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL, applied_at INTEGER NOT NULL) STRICT",
    );
    const applied = db.prepare("SELECT number, name, checksum FROM migrations ORDER BY number").all() as {
      number: number;
      name: string;
      checksum: string;
    }[];
    for (const row of applied) {
      const known = migrations.find((one) => one.number === row.number);
      if (!known)
        throw new KissError("database-newer", `it has ${row.name}, which this version does not know`);
      if (known.checksum !== row.checksum) throw new KissError("database-changed", row.name);
    }
    const note = db.prepare(
      "INSERT INTO migrations (number, name, checksum, applied_at) VALUES (?, ?, ?, unixepoch())",
    );
    const last = applied.at(-1)?.number ?? 0;
    for (const migration of migrations.filter((one) => one.number > last)) {
      db.exec(migration.sql);
      note.run(migration.number, migration.name, migration.checksum);
    }
  }).immediate();
}
