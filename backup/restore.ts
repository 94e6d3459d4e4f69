/**
 * Puts a backup in the place of the database. Promises: the backup is proved, brought to this version's schema and on
 * the disk before anything of the house is touched; the one before is kept, whole; a kill at any moment leaves the old
 * database or the new one, because what changes the one for the other is a single rename.
 */
import {
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { makeAuditLog } from "../db/audit-log.ts";
import { clearEventJournal } from "../db/event-journal.ts";
import { openDatabase } from "../db/open.ts";
import type { Proof } from "../shared/backup/job.ts";
import type { Clock } from "../shared/clock.ts";
import { KissError } from "../shared/errors.ts";
import type { Home } from "../shared/home.ts";
import { whileHouseRests } from "./house-rest.ts";
import { DATABASE_NAME, type Manifest } from "./manifest.ts";
import { toRoomError } from "./room.ts";
import type { Keys } from "./seal.ts";
import { settleDatabase } from "./settle-database.ts";
import { openProved } from "./verify.ts";
import { syncPath } from "./whole-files.ts";
import { withWorkplace } from "./workplace.ts";

/** What is true when it is told; the caller shows it. */
export type RestoreStep = "proved" | "prepared" | "files-placed" | "settled" | "kept-aside" | "swapped";

export interface Restored {
  readonly createdAt: string;
  readonly proof: Proof;
  /** Where the database of before lies; undefined: there was none. */
  readonly aside: string | undefined;
  readonly placed: readonly PlacedFile[];
}

export interface PlacedFile {
  readonly name: string;
  /** `beside`: the home has another one, which stays; this one lies beside it. */
  readonly is: "put-back" | "same" | "beside";
  readonly path: string;
}

const ASIDE_PREFIX = "before-restore-";
const COMPANIONS = ["-wal", "-shm", "-journal"] as const;

/** @throws KissError already-running, database-in-use, backup-damaged, backup-key-wrong, backup-no-room, database-newer */
export function restoreBackup(using: {
  readonly file: string;
  readonly keys: Keys;
  readonly keyRingFile: string | undefined;
  readonly home: Home;
  readonly clock: Clock;
  readonly onStep: (step: RestoreStep) => void;
}): Promise<Restored> {
  const { file, home, onStep } = using;
  return whileHouseRests(home, () =>
    withWorkplace(home, async (work) => {
      try {
        removeUnfinished(home);
        const { manifest, proof } = await openProved(file, using.keys, work);
        onStep("proved");
        const stamp = new Date(using.clock.wall()).toISOString().replace(/[-:]|\.\d+/g, "");
        const isFirst = !existsSync(home.database);
        const aside = isFirst ? undefined : freeName(join(dirname(home.database), `${ASIDE_PREFIX}${stamp}`));
        const fresh = join(work, DATABASE_NAME);
        prepare(fresh, { file: basename(file), aside: aside ?? "" });
        onStep("prepared");
        const placed = placeFiles(manifest, { work, stamp, home, keyRingFile: using.keyRingFile });
        onStep("files-placed");
        if (aside !== undefined) keepAside(home.database, aside, onStep);
        renameSync(fresh, home.database);
        syncPath(dirname(home.database));
        onStep("swapped");
        return { createdAt: manifest.createdAt, proof, aside, placed };
      } catch (problem) {
        throw toRoomError(dirname(home.database), problem);
      }
    }),
  );
}

/**
 * The schema of this version, no events that waited for a worker when the backup was made (they are old news by now),
 * and a word in its audit log.
 */
function prepare(fresh: string, told: { readonly file: string; readonly aside: string }): void {
  const db = openDatabase(fresh);
  try {
    db.transaction(() => {
      clearEventJournal(db);
      makeAuditLog(db, "cli").write("backup-restored", told);
    }).immediate();
  } finally {
    db.close();
  }
  const settled = settleDatabase(fresh);
  if (settled.is !== "settled") throw new Error(`${fresh} could not be closed`);
  syncPath(fresh);
}

/** By links: the one before is never away from its place until the new one takes it. */
function keepAside(database: string, aside: string, onStep: (step: RestoreStep) => void): void {
  const settled = settleDatabase(database);
  if (settled.is === "in-use") throw new KissError("database-in-use", database);
  onStep("settled");
  const companions = COMPANIONS.map((ending) => `${database}${ending}`).filter((path) => existsSync(path));
  mkdirSync(aside, { mode: 0o700 });
  for (const path of [database, ...companions]) linkSync(path, join(aside, basename(path)));
  syncPath(aside);
  onStep("kept-aside");
  // Only where the old one can't be read: a new database must not be told what an old -wal says.
  for (const path of companions) rmSync(path);
}

/** Two of the same second have two names. */
function freeName(wanted: string): string {
  for (let count = 1; ; count += 1) {
    const name = count === 1 ? wanted : `${wanted}-${count}`;
    if (!existsSync(name)) return name;
  }
}

/** A restore that was killed before its rename left a second name of the database that is still in use. */
function removeUnfinished(home: Home): void {
  const folder = dirname(home.database);
  const inUse = statSync(home.database, { throwIfNoEntry: false })?.ino;
  for (const name of readdirSync(folder).filter((one) => one.startsWith(ASIDE_PREFIX))) {
    const kept = statSync(join(folder, name, basename(home.database)), { throwIfNoEntry: false });
    if (kept === undefined || kept.ino === inUse) rmSync(join(folder, name), { recursive: true });
  }
}

/** What the home has stays: which of two is right is for the operator to say. */
function placeFiles(
  manifest: Manifest,
  at: {
    readonly work: string;
    readonly stamp: string;
    readonly home: Home;
    readonly keyRingFile: string | undefined;
  },
): readonly PlacedFile[] {
  return manifest.files.flatMap(({ name }): PlacedFile[] => {
    if (name === DATABASE_NAME) return [];
    const target = name.startsWith("config/") ? join(at.home.folder, name) : at.keyRingFile;
    if (target === undefined) return [];
    const source = join(at.work, name);
    if (existsSync(target) && readFileSync(target).equals(readFileSync(source)))
      return [{ name, is: "same", path: target }];
    const is = existsSync(target) ? "beside" : "put-back";
    const path = is === "beside" ? `${target}.restored-${at.stamp}` : target;
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    putWhole(source, path);
    return [{ name, is, path }];
  });
}

/** Another disk than the work folder's, perhaps: a rename would not reach it. */
function putWhole(source: string, path: string): void {
  const fresh = `${path}.${process.pid}`;
  writeFileSync(fresh, readFileSync(source), { mode: 0o600, flush: true });
  renameSync(fresh, path);
}
