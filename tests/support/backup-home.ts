/** A home with a database in it that can be told from another, for tests of backups. */
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openDatabase } from "../../db/open.ts";
import type { BackupJob, BackupSettings } from "../../shared/backup/job.ts";
import { findHome, type Home } from "../../shared/home.ts";

/** Made once; they open nothing but what tests encrypt. */
export const IDENTITY = "AGE-SECRET-KEY-1NX66RTYPHHTKNYCDGL74RH8QSHL2WLYDMNEZVN7KJSNN3D94M89S66Z2WQ";
export const RECIPIENT = "age1npau4a8chkmzs7rrwjtxx0067u6pn5f6gdyvtqfllqa5456vaqpqch4mjk";
export const OTHER_IDENTITY = "AGE-SECRET-KEY-1GZGL2C0SHA5TVKP4TVLCRQD2CHU3DXRDXRYL7P5WN3CK3YZMPEWQDTMRRP";

export interface BackupHome {
  readonly home: Home;
  readonly settings: BackupSettings;
  job(more?: Partial<BackupSettings>, isUnencryptedAllowed?: boolean): Extract<BackupJob, { do: "create" }>;
  /** Names in the folder of backups, notes left out. */
  shelf(): readonly string[];
  /** What a job leaves lying in the folder of the database beyond the database. */
  leftovers(): readonly string[];
  remove(): void;
}

export function makeBackupHome(): BackupHome {
  const home = findHome({ KISSBOT_HOME: mkdtempSync(join(tmpdir(), "kb-")) });
  const settings: BackupSettings = {
    folder: join(home.folder, "backups"),
    recipients: [RECIPIENT],
    include: [],
    keepDaily: 7,
    keepWeekly: 4,
  };
  const namesIn = (folder: string) => (existsSync(folder) ? readdirSync(folder).sort() : []);
  return {
    home,
    settings,
    job: (more = {}, isUnencryptedAllowed = false) => ({
      do: "create",
      settings: { ...settings, ...more },
      isUnencryptedAllowed,
      keyRingFile: join(home.folder, ".kissbot.key"),
    }),
    shelf: () => namesIn(settings.folder).filter((name) => !name.endsWith(".json")),
    leftovers: () =>
      namesIn(join(home.folder, "data")).filter(
        (name) => !/^(kissbot\.db(-wal|-shm|\.lock)?|compile-cache)$/.test(name),
      ),
    remove: () => rmSync(home.folder, { recursive: true }),
  };
}

/** One row that names the state, and many that go with it: a mixture of two states is seen. */
export function writeState(file: string, state: string, rows = 500): void {
  const db = openDatabase(file);
  const put = db.prepare("INSERT OR REPLACE INTO hub_state (key, value, changed_at) VALUES (?, ?, 1)");
  db.transaction(() => {
    for (let row = 0; row < rows; row += 1) put.run(`row-${row}`, `${state} ${"x".repeat(200)}`);
  })();
  db.close();
}

/** Throws when the database is not whole, or holds rows of two states. */
export function readState(file: string): string {
  const db = openDatabase(file);
  try {
    const check = db.pragma("integrity_check", { simple: true });
    if (check !== "ok") throw new Error(String(check));
    const states = db
      .prepare("SELECT DISTINCT substr(value, 1, instr(value, ' ') - 1) FROM hub_state")
      .pluck()
      .all();
    if (states.length !== 1) throw new Error(`a mixture of ${states.join(" and ")}`);
    return String(states[0]);
  } finally {
    db.close();
  }
}
