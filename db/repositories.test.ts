import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as v from "valibot";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Login, UserId } from "../shared/ids.ts";
import { makeChannelBook } from "./channels.ts";
import { makeDesiredSubscriptions } from "./desired-subscriptions.ts";
import { CLAIMS_KEPT_DAYS, openModuleMemory } from "./module-memory.ts";
import { type Db, openDatabase } from "./open.ts";
import { makeUserDirectory } from "./user-directory.ts";

const alice = v.parse(Login, "alice");
const bob = v.parse(Login, "bob");

let folder: string;
let file: string;
let db: Db;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "kissbot-db-"));
  file = join(folder, "data", "kissbot.db");
  db = openDatabase(file);
});
afterEach(() => {
  db.close();
  rmSync(folder, { recursive: true });
});

describe("the database", () => {
  test("is readable by its owner only and lets foreign keys hold", () => {
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(db.pragma("foreign_keys", { simple: true })).toBe(1);
    expect(db.pragma("journal_mode", { simple: true })).toBe("wal");
  });
});

test("claims are forgotten when nobody can tell of the same again", () => {
  const age = (days: number, key: string) =>
    db.prepare("INSERT INTO module_claims VALUES ('alice', 'a', ?, unixepoch() - ?)").run(key, days * 86_400);
  age(CLAIMS_KEPT_DAYS + 1, "old");
  age(CLAIMS_KEPT_DAYS - 1, "young");
  const memory = openModuleMemory(file, alice);
  expect([memory.isClaimed("a", "old"), memory.isClaimed("a", "young")]).toEqual([false, true]);
  memory.close();
});

test("a login that passed to another account is that account's", () => {
  const users = makeUserDirectory(db);
  users.put({ login: alice, userId: v.parse(UserId, "1"), displayName: "Alice" });
  users.put({ login: alice, userId: v.parse(UserId, "2"), displayName: "ALICE" });
  users.put({ login: bob, userId: v.parse(UserId, "2"), displayName: "Bob" });
  expect(users.find(alice)).toBeUndefined();
  expect(users.find(bob)).toEqual({ login: bob, userId: "2", displayName: "Bob", isBot: false });
});

test("a wish for topics replaces the one before, and unknown topics of another version are not wanted", () => {
  const wanted = makeDesiredSubscriptions(db);
  wanted.replace(alice, ["stream.online", "stream.offline"]);
  wanted.replace(alice, ["channel.update"]);
  wanted.replace(bob, ["stream.online"]);
  db.exec("INSERT INTO desired_subscriptions VALUES ('bob', 'channel.telepathy')");
  const next = makeDesiredSubscriptions(db);
  for (const one of [wanted, next])
    expect([...one.all()].map(([channel, topics]) => [channel, [...topics]])).toEqual([
      ["alice", ["channel.update"]],
      ["bob", ["stream.online"]],
    ]);
  next.keepOnly([bob]);
  for (const one of [next, makeDesiredSubscriptions(db)]) expect([...one.all().keys()]).toEqual(["bob"]);
});

test("on a disk that takes nothing, what is known may be said again, and a new wish is wanted although it is not kept", () => {
  makeChannelBook(db).seed([alice]);
  const wanted = makeDesiredSubscriptions(db);
  wanted.replace(alice, ["stream.online"]);
  const writes = ["channels", "desired_subscriptions"].flatMap((table) =>
    ["INSERT", "UPDATE", "DELETE"].map((write) => ({ name: `no_${write}_${table}`, table, write })),
  );
  for (const { name, table, write } of writes)
    db.exec(
      `CREATE TEMP TRIGGER ${name} BEFORE ${write} ON ${table} BEGIN SELECT RAISE(FAIL, 'disk is full'); END`,
    );
  makeChannelBook(db).seed([alice]);
  wanted.replace(alice, ["stream.online"]);
  expect(() => wanted.replace(bob, ["stream.online"])).toThrow("disk is full");
  expect([...wanted.all().keys()]).toEqual(["alice", "bob"]);
  expect(() => makeChannelBook(db).seed([bob])).toThrow("disk is full");
  for (const { name } of writes) db.exec(`DROP TRIGGER ${name}`);
  wanted.replace(bob, ["stream.online"]);
  expect([...makeDesiredSubscriptions(db).all().keys()]).toEqual(["alice", "bob"]);
});
