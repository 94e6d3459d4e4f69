/** A database file that nobody else has open: made from the live one, or unpacked from a backup. */
import { closeSync, openSync } from "node:fs";
import { toDatabaseError } from "../db/database-errors.ts";
import { openReadOnly } from "../db/open.ts";
import { KissError } from "../shared/errors.ts";
import { type DatabaseDigest, digestDatabase } from "./digest.ts";

const FINDINGS_SHOWN = 3;

/**
 * One consistent state of the live database in a file of its own, while others write: `VACUUM INTO` holds a reader's
 * snapshot and no lock that a writer would wait for. (The online backup call begins anew at every foreign write.)
 * @throws KissError database-damaged and the like: it reads every page
 */
export function copyDatabase(live: string, copy: string): void {
  const db = openReadOnly(live);
  try {
    // It fills an empty file as it is: this one is its owner's alone from the first byte on.
    closeSync(openSync(copy, "wx", 0o600));
    db.prepare("VACUUM INTO ?").run(copy);
  } catch (problem) {
    throw toDatabaseError(live, problem);
  } finally {
    db.close();
  }
}

/** @throws KissError database-damaged, when SQLite's own checks find something */
export function examineDatabase(file: string): DatabaseDigest {
  const db = openReadOnly(file);
  try {
    const findings = (db.pragma(`integrity_check(${FINDINGS_SHOWN})`) as { integrity_check: string }[])
      .map((row) => row.integrity_check)
      .filter((text) => text !== "ok");
    const broken = db.pragma("foreign_key_check") as { table: string }[];
    if (broken.length > 0) findings.push(`${broken.length} rows point to rows that are not there`);
    if (findings.length > 0) throw new KissError("database-damaged", `${file}: ${findings.join("; ")}`);
    return digestDatabase(db);
  } catch (problem) {
    throw toDatabaseError(file, problem);
  } finally {
    db.close();
  }
}
