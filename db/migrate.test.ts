import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { makeOldDatabase, versions } from "../tests/support/old-database.ts";
import { makeAccounts } from "./accounts.ts";
import { removeOldCopies } from "./copy-aside.ts";
import { toDatabaseError } from "./database-errors.ts";
import { checkDatabase, examineDatabase } from "./examine.ts";
import { findApplied, readMigrations } from "./migrate.ts";
import { openDatabase, openReadOnly } from "./open.ts";
import { planMigration } from "./plan-migration.ts";
import { sealOldTokens } from "./seal-old-tokens.ts";
import { openKeyChest } from "./secrets/key-chest.ts";

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "kissbot-migrate-"));
  file = join(folder, "kissbot.db");
});
afterEach(() => rmSync(folder, { recursive: true }));

const newest = versions().at(-1);
const copies = () => readdirSync(folder).filter((name) => name.includes(".backup-"));
const facts = () => {
  const examined = examineDatabase(file);
  if (examined.is !== "there") throw new Error(JSON.stringify(examined));
  return examined.facts;
};

describe.each(versions().slice(0, -1))("from schema %d", (version) => {
  test("everything is there afterwards, and a copy of what was", () => {
    const rows = makeOldDatabase(file, version);
    const db = openDatabase(file);
    for (const [table, before] of Object.entries(rows)) {
      const after = db.prepare(`SELECT * FROM ${table}`).all();
      expect(after).toMatchObject(before as object[]);
    }
    db.close();
    expect(facts()).toMatchObject({ schema: newest, missing: [] });
    expect(checkDatabase(file)).toMatchObject({ facts: { is: "sound" } });
    const [copy = ""] = copies();
    expect(statSync(join(folder, copy)).mode & 0o777).toBe(0o600);
    const old = openReadOnly(join(folder, copy));
    expect(findApplied(old)?.at(-1)?.number).toBe(version);
    for (const [table, before] of Object.entries(rows)) {
      // A copy would keep tokens in the clear for ever.
      const [name, kept] = table === "unsealed_tokens" ? ["oauth_tokens", []] : [table, before];
      expect(old.prepare(`SELECT * FROM ${name}`).all()).toEqual(kept);
    }
    old.close();
    for (const name of copies()) expect(readFileSync(join(folder, name)).includes("planted-")).toBe(false);
  });
});

describe("a database", () => {
  test("that is new is made without a copy, one that is current is not copied", () => {
    openDatabase(file).close();
    openDatabase(file).close();
    expect(copies()).toEqual([]);
  });

  test("keeps nothing of a migration that fails half-way", () => {
    makeOldDatabase(file, 5);
    const broken = {
      number: 9000,
      name: "9000-broken.sql",
      sql: "CREATE TABLE half (a); SELECT nonsense;",
      checksum: "x",
    };
    expect(() => openDatabase(file, { migrations: [...readMigrations(), broken] })).toThrow(/nonsense/);
    expect(facts()).toMatchObject({ schema: 5 });
    expect(facts().rows).not.toHaveProperty("half");
  });

  test("keeps the newest five copies, and none that was cut off", () => {
    const name = (day: number) => `${file}.backup-2026010${day}T000000Z`;
    for (const day of [1, 2, 3, 4, 5, 6, 7]) writeFileSync(name(day), "");
    writeFileSync(`${name(8)}.part`, "");
    writeFileSync(`${file}.backup-of-mine`, "");
    removeOldCopies(file);
    expect(copies().sort()).toEqual([
      ...[3, 4, 5, 6, 7].map((day) => `kissbot.db.backup-2026010${day}T000000Z`),
      "kissbot.db.backup-of-mine",
    ]);
  });
});

describe("nothing is written", () => {
  const unchanged = (expected: RegExp) => {
    const before = readFileSync(file);
    const names = readdirSync(folder);
    const { mode, mtimeMs } = statSync(file);
    expect(() => openDatabase(file)).toThrow(expected);
    expect(readFileSync(file).equals(before)).toBe(true);
    expect(statSync(file)).toMatchObject({ mode, mtimeMs });
    expect(readdirSync(folder)).toEqual(names);
  };

  test("to what a newer version wrote", () => {
    const future = { number: 9999, name: "9999-future.sql", sql: "CREATE TABLE future (a)", checksum: "x" };
    openDatabase(file, { migrations: [...readMigrations(), future] }).close();
    unchanged(/newer KissBot: it has 9999-future.sql/);
  });

  test("where a migration changed after it was applied", () => {
    const changed = readMigrations().map((one) => ({ ...one, checksum: "0" }));
    openDatabase(file, { migrations: changed }).close();
    unchanged(/already applied has changed: 0001-foundation.sql/);
  });

  test("to a file that is no database", () => {
    writeFileSync(file, "a letter to my grandmother, and long enough to be none".repeat(100), {
      mode: 0o644,
    });
    unchanged(/another one's.*not a database/);
  });

  test("to somebody else's database", () => {
    const other = openDatabase(join(folder, "other.db"), {
      migrations: [{ number: 1, name: "x", sql: "CREATE TABLE letters (a)", checksum: "x" }],
    });
    other.exec("DROP TABLE migrations");
    other.exec(`VACUUM INTO '${file}'`);
    other.close();
    unchanged(/another one's: its tables are letters/);
  });

  test("to a database whose first pages are damaged", () => {
    openDatabase(file).close();
    const bytes = readFileSync(file);
    bytes.fill(0x55, 100, 4_000);
    writeFileSync(file, bytes);
    unchanged(/is damaged/);
  });

  test("where a folder stands in its place", () => {
    mkdirSync(file);
    expect(() => openDatabase(file)).toThrow(/can't be written/);
  });
});

test("a damaged page further back is found by a check, which names it", () => {
  const db = openDatabase(file);
  const insert = db.prepare("INSERT INTO hub_state VALUES (?, ?, 1)");
  for (let row = 0; row < 500; row += 1) insert.run(`key ${row}`, "x".repeat(500));
  db.close();
  const bytes = readFileSync(file);
  bytes.fill(0x55, bytes.length - 40_000, bytes.length - 30_000);
  writeFileSync(file, bytes);
  const checked = checkDatabase(file);
  expect(checked).toMatchObject({ facts: { is: "unsound" } });
});

test.each([
  ["SQLITE_FULL", /no room/],
  ["ENOSPC", /no room/],
  ["SQLITE_IOERR_SHMSIZE", /no room/],
  ["SQLITE_IOERR_WRITE", /can.t be written/],
  ["SQLITE_READONLY_DBMOVED", /can't be written/],
  ["EROFS", /can't be written/],
  ["SQLITE_CORRUPT_VTAB", /damaged/],
  ["SQLITE_CONSTRAINT", /^as it was$/],
])("what the disk says with %s", (code, says) => {
  expect(toDatabaseError("f", Object.assign(new Error("as it was"), { code })).message).toMatch(says);
});

test("what is missing is applied whatever was applied after it", () => {
  const of = (number: number) => ({ number, name: `${number}`, sql: "", checksum: "c" });
  expect(planMigration([of(1), of(3)], [of(1), of(2), of(3), of(4)])).toEqual([of(2), of(4)]);
});

test("tokens that nobody has sealed yet are in no later copy, and still in the database", () => {
  makeOldDatabase(file, 5);
  openDatabase(file, { migrations: readMigrations().filter(({ number }) => number <= 7) }).close();
  openDatabase(file).close();
  expect(copies()).toHaveLength(2);
  for (const name of copies()) expect(readFileSync(join(folder, name)).includes("planted-")).toBe(false);
  expect(facts()).toMatchObject({ schema: newest, unsealed: 1 });
  expect(readdirSync(folder).filter((name) => name.includes("journal"))).toEqual([]);
});

test("tokens that stood in the clear are sealed once, and no trace of them is left", () => {
  makeOldDatabase(file, 5);
  const db = openDatabase(file);
  const keys = openKeyChest({ is: "file", file: join(folder, ".kissbot.key"), isOurs: true });
  const accounts = makeAccounts({ db, keys, now: () => 0 });
  expect([sealOldTokens(db, accounts), sealOldTokens(db, accounts)]).toEqual([1, 0]);
  const [account] = accounts.all();
  if (!account) throw new Error("no account");
  expect(accounts.tokensOf(account)).toMatchObject({
    is: "found",
    tokens: { accessToken: "planted-access", refreshToken: "planted-refresh" },
    account: { grownFrom: "f", tokenType: "bot" },
  });
  db.close();
  for (const name of [file, `${file}-wal`].filter(existsSync))
    expect(readFileSync(name).includes("planted-")).toBe(false);
});
