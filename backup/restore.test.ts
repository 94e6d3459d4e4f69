import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { makeAuditLog } from "../db/audit-log.ts";
import { openDatabase } from "../db/open.ts";
import type { BackupSettings } from "../shared/backup/job.ts";
import { systemClock } from "../shared/clock.ts";
import { makeProcessNote, writeProcessNote } from "../shared/process-note.ts";
import {
  type BackupHome,
  IDENTITY,
  makeBackupHome,
  OTHER_IDENTITY,
  readState,
  writeState,
} from "../tests/support/backup-home.ts";
import { createBackup } from "./create.ts";
import { restoreBackup } from "./restore.ts";

const clock = systemClock;
let place: BackupHome;
beforeEach(() => {
  place = makeBackupHome();
});
afterEach(() => place.remove());

/** A backup of the state "new", in a home whose state is "old". */
async function makeBackupOfNew(more: Partial<BackupSettings> = {}): Promise<string> {
  writeState(place.home.database, "new");
  const { file } = await createBackup(place.job(more), { home: place.home, clock });
  writeState(place.home.database, "old");
  return file;
}
const restore = (file: string, identity = IDENTITY) =>
  restoreBackup({
    file,
    keys: { identities: [identity], passphrase: undefined },
    keyRingFile: join(place.home.folder, ".kissbot.key"),
    home: place.home,
    clock,
    onStep: () => {},
  });
const dataFolder = () => join(place.home.folder, "data");
const lock = (name: string, pid: number) => {
  mkdirSync(place.home.pids, { recursive: true });
  writeProcessNote(join(place.home.pids, name), makeProcessNote(pid, new Date()));
};

describe("a restore", () => {
  test("puts the backup in the place of the database and keeps the one before", async () => {
    const { aside, placed } = await restore(await makeBackupOfNew());
    expect(readState(place.home.database)).toBe("new");
    expect(readState(join(aside ?? "", "kissbot.db"))).toBe("old");
    expect(statSync(place.home.database).mode & 0o777).toBe(0o600);
    expect(placed).toEqual([]);
    expect(readdirSync(place.home.pids)).toEqual([]);
  });

  test("keeps each of before, also of two in one second", async () => {
    const file = await makeBackupOfNew();
    const still = { ...clock, wall: () => Date.UTC(2026, 0, 2) };
    const keys = { identities: [IDENTITY], passphrase: undefined };
    const wish = { file, keys, keyRingFile: undefined, home: place.home, clock: still, onStep: () => {} };
    await restoreBackup(wish);
    await restoreBackup(wish);
    expect(place.leftovers()).toEqual([
      "before-restore-20260102T000000Z",
      "before-restore-20260102T000000Z-2",
    ]);
  });

  test("stands in the audit log of what was restored", async () => {
    const { aside } = await restore(await makeBackupOfNew());
    const db = openDatabase(place.home.database);
    const [entry] = makeAuditLog(db, "cli").find({ event: "backup-restored", countMax: 5 });
    db.close();
    expect(entry?.details).toMatchObject({ aside });
  });

  test("brings no events back that waited for a worker then", async () => {
    const db = openDatabase(place.home.database);
    db.exec("INSERT INTO event_journal (channel, received_at, event) VALUES ('alice', 1, '{}')");
    db.close();
    await restore(await makeBackupOfNew());
    const restored = openDatabase(place.home.database);
    expect(restored.prepare("SELECT count(*) FROM event_journal").pluck().get()).toBe(0);
    restored.close();
  });

  test("works on a new machine, where there is nothing", async () => {
    const file = await makeBackupOfNew();
    const other = makeBackupHome();
    const { aside } = await restoreBackup({
      file,
      keys: { identities: [IDENTITY], passphrase: undefined },
      keyRingFile: undefined,
      home: other.home,
      clock,
      onStep: () => {},
    });
    expect(aside).toBeUndefined();
    expect(readState(other.home.database)).toBe("new");
    other.remove();
  });

  test("replaces a database that can't be read, whatever its -wal says", async () => {
    const file = await makeBackupOfNew();
    // A -wal with frames that are good by themselves, as a crash leaves it.
    const writer = openDatabase(place.home.database);
    writer.exec("UPDATE hub_state SET value = 'ghost x'");
    const wal = readFileSync(`${place.home.database}-wal`);
    writer.close();
    writeFileSync(place.home.database, "no database".repeat(1_000));
    writeFileSync(`${place.home.database}-wal`, wal);
    const { aside } = await restore(file);
    expect(readState(place.home.database)).toBe("new");
    expect(readFileSync(join(aside ?? "", "kissbot.db-wal")).equals(wal)).toBe(true);
  });

  test("puts back what is missing, and beside what is another one", async () => {
    mkdirSync(join(place.home.folder, "config"));
    writeFileSync(place.home.configFile, "of: then\n");
    const ring = join(place.home.folder, ".kissbot.key");
    writeFileSync(ring, "1 then\n");
    const file = await makeBackupOfNew({ include: ["config", "keys"] });
    writeFileSync(place.home.configFile, "of: now\n");
    rmSync(ring);
    const { placed } = await restore(file);
    expect(placed.map(({ name, is }) => `${name} ${is}`)).toEqual([
      "config/config.yaml beside",
      "keys/kissbot.key put-back",
    ]);
    expect(readFileSync(place.home.configFile, "utf8")).toBe("of: now\n");
    expect(readFileSync(placed[0]?.path ?? "", "utf8")).toBe("of: then\n");
    expect(readFileSync(ring, "utf8")).toBe("1 then\n");
    expect(statSync(ring).mode & 0o777).toBe(0o600);
  });
});

describe("nothing is touched", () => {
  const refused = async (code: string, file: string, identity?: string) => {
    const before = readdirSync(dataFolder());
    await expect(restore(file, identity)).rejects.toMatchObject({ code });
    expect(readdirSync(dataFolder())).toEqual(before);
    expect(readState(place.home.database)).toBe("old");
  };

  test("while the house runs", async () => {
    const file = await makeBackupOfNew();
    lock("supervisor.json", process.ppid);
    await refused("already-running", file);
    expect(existsSync(join(place.home.pids, "supervisor.json"))).toBe(true);
  });

  test("while a worker waits for the next supervisor", async () => {
    const file = await makeBackupOfNew();
    lock("worker-alice.json", process.ppid);
    await refused("already-running", file);
    expect(readdirSync(place.home.pids)).toEqual(["worker-alice.json"]);
  });

  test("while something else has the database open", async () => {
    const file = await makeBackupOfNew();
    const reader = openDatabase(place.home.database);
    expect(reader.prepare("SELECT count(*) FROM hub_state").pluck().get()).toBe(500);
    await expect(restore(file)).rejects.toMatchObject({ code: "database-in-use" });
    reader.close();
    expect(readState(place.home.database)).toBe("old");
    expect(place.leftovers()).toEqual([]);
  });

  test("with a key that does not open it", async () =>
    refused("backup-key-wrong", await makeBackupOfNew(), OTHER_IDENTITY));

  test("by a backup that is damaged", async () => {
    const file = await makeBackupOfNew();
    writeFileSync(file, readFileSync(file).subarray(0, -1));
    await refused("backup-damaged", file);
  });

  test("by a backup that is not there", async () => {
    await makeBackupOfNew();
    await refused("backup-not-found", join(place.settings.folder, "kissbot-20260101T000000Z.tar.gz.age"));
  });

  test("by a backup of a newer version", async () => {
    writeState(place.home.database, "new");
    const db = openDatabase(place.home.database);
    db.exec("INSERT INTO migrations VALUES (9999, '9999-future.sql', 'x', 0)");
    db.close();
    const { file } = await createBackup(place.job(), { home: place.home, clock });
    const back = new (await import("better-sqlite3")).default(place.home.database);
    back.exec("DELETE FROM migrations WHERE number = 9999");
    back.close();
    writeState(place.home.database, "old");
    await refused("database-newer", file);
  });
});
