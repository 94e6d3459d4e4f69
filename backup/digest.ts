/** What stands in a database, as figures that can be compared: they do not depend on how the file is laid out. */
import { createHash } from "node:crypto";
import * as v from "valibot";
import type { Db } from "../db/open.ts";
import type { Manifest, TableDigest } from "./manifest.ts";

export type DatabaseDigest = Pick<Manifest, "schema" | "schemaSha256" | "tables">;

const SchemaRow = v.object({ type: v.string(), name: v.string(), sql: v.nullable(v.string()) });
const KeyColumn = v.object({ name: v.string(), pk: v.number() });

/** Reads every row once, one after the other: memory does not grow with the database. */
export function digestDatabase(db: Db): DatabaseDigest {
  const rows = db
    .prepare("SELECT type, name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%' ORDER BY type, name")
    .all()
    .map((row) => v.parse(SchemaRow, row));
  // A virtual table shows what stands in tables of its own, which are here by themselves.
  const tables = rows.filter(({ type, sql }) => type === "table" && !/^CREATE VIRTUAL/i.test(sql ?? ""));
  return {
    schema: findSchemaNumber(db),
    schemaSha256: createHash("sha256")
      .update(rows.map(({ sql }) => sql ?? "").join("\n"))
      .digest("hex"),
    tables: tables.map(({ name }) => digestTable(db, name)),
  };
}

/** The last migration's; 0: a database of before there were any. */
function findSchemaNumber(db: Db): number {
  const hasAny = db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'migrations'").get() !== undefined;
  const found = hasAny ? db.prepare("SELECT max(number) FROM migrations").pluck().get() : 0;
  return typeof found === "number" ? found : 0;
}

function digestTable(db: Db, name: string): TableDigest {
  const columns = v.parse(v.array(KeyColumn), db.pragma(`table_info(${quote(name)})`));
  const key = columns.filter(({ pk }) => pk > 0).sort((a, b) => a.pk - b.pk);
  const order = (key.length > 0 ? key : columns).map((column) => quote(column.name)).join(", ");
  const select = db
    .prepare(`SELECT * FROM ${quote(name)} ORDER BY ${order}`)
    .raw()
    .safeIntegers();
  const hash = createHash("sha256");
  let rows = 0;
  let waiting = "";
  for (const row of select.iterate()) {
    for (const value of row as unknown[]) {
      if (Buffer.isBuffer(value)) {
        hash.update(`${waiting}b${value.length};`).update(value);
        waiting = "";
      } else waiting += toText(value);
    }
    // A call for each value would cost more than what it does.
    if (waiting.length > TOGETHER_CHARACTERS) {
      hash.update(waiting);
      waiting = "";
    }
    rows += 1;
  }
  return { name, rows, sha256: hash.update(waiting).digest("hex") };
}
const TOGETHER_CHARACTERS = 16 * 1024;

/** Kind and length before each: "1", 1 and 1.0 are three values, and no two rows can be told as one. */
function toText(value: unknown): string {
  if (value === null) return "0;";
  if (typeof value === "bigint") return `i${value};`;
  return typeof value === "number" ? `r${value};` : `t${Buffer.byteLength(String(value))};${value}`;
}

const quote = (name: string): string => `"${name.replaceAll('"', '""')}"`;
