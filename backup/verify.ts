/** Proves a backup: really opens it, into a folder beside the house, and compares what comes out with what went in. */

import { statSync } from "node:fs";
import { join } from "node:path";
import type { BackupSettings, Proof } from "../shared/backup/job.ts";
import { findNote, writeNote } from "../shared/backup/shelf.ts";
import type { Clock } from "../shared/clock.ts";
import { KissError, toError } from "../shared/errors.ts";
import type { Home } from "../shared/home.ts";
import { examineDatabase } from "./database-copy.ts";
import { DATABASE_NAME, findDifference, type Manifest } from "./manifest.ts";
import { unpackFile } from "./pack.ts";
import type { Keys } from "./seal.ts";
import { findKeys } from "./settings-files.ts";
import { hashFile } from "./whole-files.ts";
import { withWorkplace } from "./workplace.ts";

/**
 * Writes into the backup's note how it ended.
 * @throws KissError backup-damaged, backup-key-wrong, backup-no-room
 */
export async function verifyBackup(
  { file, settings }: { readonly file: string; readonly settings: BackupSettings },
  using: { readonly home: Home; readonly clock: Clock },
): Promise<Proof> {
  const keys = findKeys(settings);
  const { clock } = using;
  try {
    const proof = await withWorkplace(using.home, async (work) => (await openProved(file, keys, work)).proof);
    noteProof(file, { at: clock.wall(), is: "right" });
    return proof;
  } catch (problem) {
    const isDamaged = problem instanceof KissError && problem.code === "backup-damaged";
    if (isDamaged) noteProof(file, { at: clock.wall(), is: "damaged", because: problem.message });
    throw problem;
  }
}

/** The backup's files in `work`, each of them and every row of the database as it was when the backup was made. */
export async function openProved(
  file: string,
  keys: Keys,
  work: string,
): Promise<{ readonly manifest: Manifest; readonly proof: Proof }> {
  const manifest = await unpackFile(file, keys, work);
  const database = join(work, DATABASE_NAME);
  const found = examine(file, database);
  const difference = findDifference(manifest, found);
  if (difference !== undefined) throw new KissError("backup-damaged", `${file}: ${difference}`);
  const { tables } = found;
  return {
    manifest,
    proof: {
      tables: tables.length,
      rows: tables.reduce((sum, { rows }) => sum + rows, 0),
      bytes: statSync(database).size,
    },
  };
}

/** It is the backup that is damaged, not the house's database. */
function examine(file: string, database: string): ReturnType<typeof examineDatabase> {
  try {
    return examineDatabase(database);
  } catch (problem) {
    throw new KissError("backup-damaged", `${file}: ${toError(problem).message}`, { cause: problem });
  }
}

function noteProof(file: string, proof: { at: number; is: "right" | "damaged"; because?: string }): void {
  const note = findNote(file) ?? { bytes: statSync(file).size, sha256: hashFile(file) };
  try {
    writeNote(file, { ...note, proof });
  } catch {
    // Backups on a disk that is only read are proved all the same; then nobody remembers it.
  }
}
