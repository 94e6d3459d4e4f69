/** Makes one backup: a copy of the live database, checked, packed, sealed, and only then given its name. */
import { existsSync, linkSync, mkdirSync, readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { toBackupName } from "../shared/backup/backup-name.ts";
import {
  type BackupJob,
  type BackupSettings,
  PARTIAL_PREFIX,
  type Proof,
  partialFile,
} from "../shared/backup/job.ts";
import { readShelf, removeBackup, writeNote } from "../shared/backup/shelf.ts";
import type { Clock, Millis } from "../shared/clock.ts";
import { KissError } from "../shared/errors.ts";
import type { Home } from "../shared/home.ts";
import { copyDatabase, examineDatabase } from "./database-copy.ts";
import { DATABASE_NAME, KEY_RING_NAME, type Manifest } from "./manifest.ts";
import { type PackedFile, packFiles } from "./pack.ts";
import { planRetention } from "./plan-retention.ts";
import { requireRoom, toRoomError } from "./room.ts";
import { findSeal } from "./settings-files.ts";
import { hashFile, syncPath } from "./whole-files.ts";
import { withWorkplace } from "./workplace.ts";

export interface MadeBackup {
  readonly file: string;
  readonly bytes: number;
  readonly removed: readonly string[];
  readonly tookMs: Millis;
  readonly content: Proof;
}

/** What is true when it is told. */
export type CreateStep = "copied" | "checked" | "packed" | "named";

/** @throws KissError */
export async function createBackup(
  job: Extract<BackupJob, { do: "create" }>,
  using: {
    readonly home: Home;
    readonly clock: Clock;
    /** For tests that end the process there. */
    readonly onStep?: (step: CreateStep) => void;
  },
): Promise<MadeBackup> {
  const { home, clock, onStep = () => {} } = using;
  const { settings } = job;
  const startedAt = clock.now();
  const seal = await findSeal(settings, job.isUnencryptedAllowed);
  if (seal.is === "open" && settings.include.includes("keys"))
    throw new KissError("backup-no-key", "the key ring goes into encrypted backups only");
  if (!existsSync(home.database)) throw new KissError("database-missing", home.database);
  mkdirSync(settings.folder, { recursive: true, mode: 0o700 });

  return withWorkplace(home, async (work) => {
    const partial = partialFile(settings.folder, process.pid);
    try {
      removePartials(settings.folder);
      requireRoom(work, statSync(home.database).size);
      const copy = join(work, DATABASE_NAME);
      const at = clock.wall();
      copyDatabase(home.database, copy);
      onStep("copied");
      const digest = examineDatabase(copy);
      onStep("checked");
      const files: readonly PackedFile[] = [toPacked(DATABASE_NAME, copy), ...findExtras(job, home)];
      const manifest: Manifest = {
        version: 1,
        createdAt: new Date(at).toISOString(),
        ...digest,
        files: files.map(({ name, path, bytes }) => ({ name, bytes, sha256: hashFile(path) })),
      };
      const packed = await packFiles({ manifest, files, seal, target: partial });
      onStep("packed");
      const file = giveName(settings.folder, partial, { at, isEncrypted: seal.is !== "open" });
      onStep("named");
      writeNote(file, packed);
      return {
        file,
        bytes: packed.bytes,
        removed: letGo(settings, clock.wall()),
        tookMs: Math.round(clock.now() - startedAt),
        content: {
          tables: digest.tables.length,
          rows: digest.tables.reduce((sum, { rows }) => sum + rows, 0),
          bytes: statSync(copy).size,
        },
      };
    } catch (problem) {
      throw toRoomError(settings.folder, problem);
    } finally {
      rmSync(partial, { force: true });
    }
  });
}

/** A link fails where the name is taken, a rename would replace: no backup is ever written over. */
function giveName(folder: string, partial: string, name: Parameters<typeof toBackupName>[0]): string {
  for (let count = 0; ; count += 1) {
    const file = join(folder, toBackupName(name, count));
    try {
      linkSync(partial, file);
      rmSync(partial);
      syncPath(folder);
      return file;
    } catch (problem) {
      if ((problem as NodeJS.ErrnoException).code !== "EEXIST") throw problem;
    }
  }
}

/** What killed ones left in the folder; whoever calls holds the lock. */
function removePartials(folder: string): void {
  for (const name of readdirSync(folder)) {
    if (name.startsWith(PARTIAL_PREFIX)) rmSync(join(folder, name), { force: true });
  }
}

const toPacked = (name: string, path: string): PackedFile => ({ name, path, bytes: statSync(path).size });

function findExtras(
  { settings, keyRingFile }: Extract<BackupJob, { do: "create" }>,
  home: Home,
): PackedFile[] {
  const extras: PackedFile[] = [];
  if (settings.include.includes("config")) extras.push(...findConfigFiles(home));
  if (settings.include.includes("keys") && keyRingFile !== undefined && existsSync(keyRingFile))
    extras.push(toPacked(KEY_RING_NAME, keyRingFile));
  return extras;
}

function findConfigFiles(home: Home): readonly PackedFile[] {
  const folder = join(home.folder, "config");
  const inFolder = (...path: string[]) =>
    existsSync(join(folder, ...path))
      ? readdirSync(join(folder, ...path))
          .filter((name) => /^[A-Za-z0-9_][A-Za-z0-9_.-]*\.ya?ml$/.test(name))
          .map((name) => toPacked(["config", ...path, name].join("/"), join(folder, ...path, name)))
      : [];
  return [...inFolder(), ...inFolder("modules")];
}

function letGo({ folder, keepDaily, keepWeekly }: BackupSettings, now: Millis): readonly string[] {
  const shelf = readShelf(folder);
  if (shelf.is === "unreadable") return [];
  const removed = planRetention(shelf.backups, { keepDaily, keepWeekly, now });
  for (const backup of removed) removeBackup(backup);
  return removed.map(({ name }) => name);
}
