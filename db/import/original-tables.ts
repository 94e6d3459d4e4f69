/**
 * The tables of an original KissBot's database, of whatever version: a column that a version did not have yet is
 * undefined. The file itself is not opened but a copy of it, so that it, and a bot that still runs on it, is left
 * alone.
 */
import { copyFileSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as v from "valibot";
import { KissError, toError } from "../../shared/errors.ts";
import { toDatabaseError } from "../database-errors.ts";
import { type Db, openReadOnly } from "../open.ts";

export type Row = Readonly<Record<string, unknown>>;
export type OriginalTables = ReadonlyMap<string, readonly Row[]>;

/** At least one of these is in every version, from the first with a database on. */
const ITS_TABLES = ["users", "game_cache", "dev_whitelist", "banwords"];

/** @throws KissError import-source */
export function readOriginalTables(file: string): OriginalTables {
  if (!existsSync(file)) throw new KissError("import-source", `there is no file ${file}`);
  const folder = mkdtempSync(join(tmpdir(), "kissbot-import-"));
  let db: Db | undefined;
  try {
    const copy = join(folder, "original.db");
    copyFileSync(file, copy);
    // What it wrote last may stand there only.
    if (existsSync(`${file}-wal`)) copyFileSync(`${file}-wal`, `${copy}-wal`);
    db = openReadOnly(copy);
    return readTables(db, file);
  } catch (problem) {
    const known = toDatabaseError(file, problem);
    if (known instanceof KissError && known.code === "import-source") throw known;
    throw new KissError("import-source", `${file}: ${toError(problem).message}`, { cause: problem });
  } finally {
    db?.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

function readTables(db: Db, file: string): OriginalTables {
  const select = db.prepare(
    "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
  );
  const names = v.parse(v.array(v.string()), select.pluck().all());
  if (names.includes("migrations"))
    throw new KissError(
      "import-source",
      `${file} is this KissBot's own: ./kissbot.sh backup restore brings one back`,
    );
  if (!ITS_TABLES.some((name) => names.includes(name)))
    throw new KissError(
      "import-source",
      `${file} is no KissBot's: its tables are ${names.join(", ") || "none"}`,
    );
  const Rows = v.array(v.record(v.string(), v.unknown()));
  return new Map(
    names.map((name) => [
      name,
      v.parse(Rows, db.prepare(`SELECT * FROM "${name.replaceAll('"', '""')}"`).all()),
    ]),
  );
}
