import {
  copyFileSync,
  mkdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { basename, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openDatabase } from "../db/open.ts";
import { type BackupSettings, backupLockFile } from "../shared/backup/job.ts";
import { findNote } from "../shared/backup/shelf.ts";
import { systemClock } from "../shared/clock.ts";
import { makeProcessNote, writeProcessNote } from "../shared/process-note.ts";
import {
  type BackupHome,
  IDENTITY,
  makeBackupHome,
  OTHER_IDENTITY,
  writeState,
} from "../tests/support/backup-home.ts";
import { createBackup } from "./create.ts";
import { verifyBackup } from "./verify.ts";

const clock = systemClock;
let place: BackupHome;
let keyFile: string;
beforeEach(() => {
  place = makeBackupHome();
  writeState(place.home.database, "old");
  keyFile = join(place.home.folder, "backup.key");
  writeFileSync(keyFile, `# opens the backups\n${IDENTITY}\n`);
});
afterEach(() => place.remove());

const create = (more: Partial<BackupSettings> = {}, isUnencryptedAllowed = false) =>
  createBackup(place.job(more, isUnencryptedAllowed), { home: place.home, clock });
const verify = (file: string, more: Partial<BackupSettings> = {}) =>
  verifyBackup(
    { file, settings: { ...place.settings, identityFile: keyFile, ...more } },
    { home: place.home, clock },
  );
/** Three passphrases, each stretched for a second of a core's time on purpose: longer where others want that core. */
const STRETCHED_WITHIN_MS = 60_000;
const withPassphrase = (text: string): Partial<BackupSettings> => ({ recipients: [], passphrase: text });

describe("a backup", () => {
  test("is encrypted, its owner's alone, and leaves nothing beside it", async () => {
    const { file, content } = await create();
    expect(basename(file)).toMatch(/^kissbot-\d{8}T\d{6}Z\.tar\.gz\.age$/);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file, "latin1")).toMatch(/^age-encryption.org\/v1\n-> X25519 /);
    expect(place.shelf()).toEqual([basename(file)]);
    expect(place.leftovers()).toEqual([]);
    expect(content.rows).toBeGreaterThan(500);
  });

  test("is proved by its key", async () => {
    const { file, content } = await create();
    expect(await verify(file)).toEqual(content);
    expect(findNote(file)?.proof?.is).toBe("right");
    expect(place.leftovers()).toEqual([]);
  });

  test(
    "is proved by its passphrase, and by no other",
    async () => {
      const { file } = await create(withPassphrase("correct horse battery"));
      const keys = { identityFile: undefined };
      await expect(verify(file, { ...keys, ...withPassphrase("wrong horse battery") })).rejects.toMatchObject(
        {
          code: "backup-key-wrong",
        },
      );
      expect(
        (await verify(file, { ...keys, ...withPassphrase("correct horse battery") })).tables,
      ).toBeGreaterThan(5);
    },
    STRETCHED_WITHIN_MS,
  );

  test("is not opened by another key, or by none", async () => {
    const { file } = await create();
    writeFileSync(keyFile, OTHER_IDENTITY);
    await expect(verify(file)).rejects.toMatchObject({ code: "backup-key-wrong" });
    await expect(verify(file, { identityFile: undefined })).rejects.toMatchObject({
      code: "backup-key-wrong",
    });
    expect(findNote(file)?.proof).toBeUndefined();
  });

  test("two of one second have two names", async () => {
    const still = { ...clock, wall: () => Date.UTC(2026, 0, 2) };
    const make = () => createBackup(place.job(), { home: place.home, clock: still });
    const first = await make();
    const second = await make();
    expect([first, second].map(({ file }) => basename(file))).toEqual([
      "kissbot-20260102T000000Z.tar.gz.age",
      "kissbot-20260102T000000Z-2.tar.gz.age",
    ]);
  });

  test("takes configuration and key ring along when it is told to", async () => {
    mkdirSync(join(place.home.folder, "config", "modules"), { recursive: true });
    writeFileSync(place.home.configFile, "twitch: {}\n");
    writeFileSync(join(place.home.folder, "config", "modules", "alerts.yaml"), "{}\n");
    writeFileSync(join(place.home.folder, ".kissbot.key"), "1 key\n");
    const { file } = await create({ include: ["config", "keys"] });
    expect((await verify(file)).rows).toBeGreaterThan(500);
  });
});

describe.each(["encrypted", "unencrypted"])("an %s backup", (how) => {
  const isOpen = how === "unencrypted";

  test.each([0, 10, 200, 0.5, 0.99, -1])("that was cut off at %d is damaged", async (at) => {
    const { file, bytes } = await create({}, isOpen);
    truncateSync(file, at < 0 ? bytes + at : at < 1 ? Math.floor(bytes * at) : at);
    await expect(verify(file)).rejects.toMatchObject({ code: "backup-damaged", exitCode: 65 });
    expect(findNote(file)?.proof?.is).toBe("damaged");
    expect(place.leftovers()).toEqual([]);
  });

  test.each([0.3, 0.6, 0.9])("that was changed at %d of it is damaged", async (part) => {
    const { file } = await create({}, isOpen);
    const bytes = readFileSync(file);
    const at = Math.floor(bytes.length * part);
    // Of a single bit gzip may not care: a run of zeros can be copied from here or from there.
    for (let n = at; n < at + 64; n += 1) bytes[n] = (bytes[n] ?? 0) ^ 0x20;
    writeFileSync(file, bytes);
    await expect(verify(file)).rejects.toMatchObject({ code: "backup-damaged" });
    expect(place.leftovers()).toEqual([]);
  });
});

describe("no backup is made", () => {
  const refused = async (code: string, more: Partial<BackupSettings> = {}, isOpen = false) => {
    await expect(create(more, isOpen)).rejects.toMatchObject({ code });
    expect(place.shelf()).toEqual([]);
    expect(place.leftovers()).toEqual([]);
  };

  test("when nothing says what it is encrypted with", () => refused("backup-no-key", { recipients: [] }));
  test("with two ways of encrypting it", () =>
    refused("backup-key-unusable", { passphrase: "x".repeat(20) }));
  test("for a recipient with a slip of the pen", () =>
    refused("backup-key-unusable", {
      recipients: ["age1npau4a8chkmzs7rrwjtxx0067u6pn5f6gdyvtqfllqa5456vaqpqch4mjq"],
    }));
  test("with the key ring in it that anybody can read", () =>
    refused("backup-no-key", { include: ["keys"] }, true));
  test("with a passphrase file that is not there", () =>
    refused("backup-key-unusable", { recipients: [], passphraseFile: "/nowhere/passphrase" }));
  test("with a passphrase that is soon guessed", () => {
    const passphraseFile = join(place.home.folder, "short");
    writeFileSync(passphraseFile, "hello\n");
    return refused("backup-key-unusable", { recipients: [], passphraseFile });
  });

  test.each(["beside", "by a link"])("when its key lies with the backups, %s", async (how) => {
    const folder = join(place.home.folder, "elsewhere");
    mkdirSync(folder);
    copyFileSync(keyFile, join(folder, "backup.key"));
    const link = join(place.home.folder, "linked.key");
    symlinkSync(join(folder, "backup.key"), link);
    await expect(
      create({ folder, identityFile: how === "beside" ? join(folder, "backup.key") : link }),
    ).rejects.toMatchObject({ code: "backup-key-beside" });
  });

  test("of a damaged database", async () => {
    const bytes = readFileSync(place.home.database);
    bytes.fill(0x55, 4_096 * 5, 4_096 * 30);
    writeFileSync(place.home.database, bytes);
    await refused("database-damaged");
  });

  test("of a file that is no database", async () => {
    writeFileSync(place.home.database, "x".repeat(10_000));
    await refused("database-foreign");
  });

  test("while another one is made", async () => {
    writeProcessNote(backupLockFile(place.home), makeProcessNote(process.ppid, new Date()));
    await expect(create()).rejects.toMatchObject({ code: "backup-under-way" });
    expect(place.shelf()).toEqual([]);
  });
});

test("a backup is of one moment, also while others write", async () => {
  const writer = openDatabase(place.home.database);
  writer.exec("BEGIN IMMEDIATE; INSERT INTO hub_state VALUES ('half', 'written', 1)");
  const { content } = await create();
  writer.exec("COMMIT");
  writer.close();
  expect((await create()).content.rows).toBe(content.rows + 1);
});
