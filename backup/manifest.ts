/** What a backup says of itself, in its first file: what it must hold when it is opened again. */
import * as v from "valibot";

const Count = v.pipe(v.number(), v.integer(), v.minValue(0));

export const TableDigest = v.object({
  name: v.string(),
  rows: Count,
  /** Of every value of every row, in the order of the primary key. */
  sha256: v.string(),
});
export type TableDigest = v.InferOutput<typeof TableDigest>;

export const Manifest = v.object({
  version: v.literal(1),
  /** ISO 8601. */
  createdAt: v.string(),
  /** Number of the last migration. */
  schema: Count,
  /** Of the statements that made tables, indexes and triggers. */
  schemaSha256: v.string(),
  tables: v.array(TableDigest),
  files: v.array(v.object({ name: v.string(), bytes: Count, sha256: v.string() })),
});
export type Manifest = v.InferOutput<typeof Manifest>;

export const MANIFEST_NAME = "manifest.json";
export const DATABASE_NAME = "kissbot.db";
export const KEY_RING_NAME = "keys/kissbot.key";
/** Nothing else is ever written when a backup is opened. */
export const isKnownName = (name: string): boolean =>
  name === MANIFEST_NAME ||
  name === DATABASE_NAME ||
  name === KEY_RING_NAME ||
  /^config\/(modules\/)?[A-Za-z0-9_][A-Za-z0-9_.-]*\.ya?ml$/.test(name);

/** Pure: the first thing in which a database is not what the manifest says; undefined: it is. */
export function findDifference(
  told: Pick<Manifest, "schemaSha256" | "tables">,
  found: Pick<Manifest, "schemaSha256" | "tables">,
): string | undefined {
  const names = (of: typeof told) => of.tables.map(({ name }) => name).join(", ");
  if (names(told) !== names(found)) return `it has the tables ${names(found)}, not ${names(told)}`;
  if (told.schemaSha256 !== found.schemaSha256) return "its schema is another one";
  for (const [at, table] of told.tables.entries()) {
    const other = found.tables[at];
    if (other?.rows !== table.rows)
      return `the table ${table.name} has ${other?.rows ?? 0} rows, not ${table.rows}`;
    if (other.sha256 !== table.sha256) return `the rows of the table ${table.name} are other ones`;
  }
  return undefined;
}
