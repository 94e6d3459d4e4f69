import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import * as v from "valibot";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Login } from "../shared/ids.ts";
import { type Db, openDatabase } from "./open.ts";
import { makeSettingsBook, REVISIONS_KEPT, type SettingsBook } from "./settings.ts";

const alice = v.parse(Login, "alice");
const bob = v.parse(Login, "bob");
const ann = { person: "ann", via: "chat" } as const;
const root = { person: "root", via: "cli" } as const;

let folder: string;
let db: Db;
let book: SettingsBook;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "kissbot-settings-"));
  db = openDatabase(join(folder, "kissbot.db"));
  book = makeSettingsBook(db, "cli", () => 1_000);
});
afterEach(() => {
  db.close();
  rmSync(folder, { recursive: true });
});

const own = (channel: Login) =>
  Object.fromEntries([...book.of(channel)].map(([key, { value }]) => [key, value]));

test("the newest change of a key holds, for its channel only", () => {
  expect(book.change(alice, "prefix", "?", ann)).toMatchObject({
    is: "changed",
    revision: {
      revision: 1,
      key: "prefix",
      before: undefined,
      after: "?",
      person: "ann",
      via: "chat",
      at: 1_000,
    },
  });
  expect(book.change(alice, "prefix", "?", root)).toEqual({ is: "same" });
  book.change(alice, "prefix", "%", root);
  book.change(alice, "modules.a.list", ["x", 1, false], root);
  expect(own(alice)).toEqual({ prefix: "%", "modules.a.list": ["x", 1, false] });
  expect(own(bob)).toEqual({});
  expect(book.all()).toEqual(new Map([[alice, { own: own(alice), revision: 3 }]]));
  expect(book.newest()).toBe(3);
});

test("a channel that gave everything back is still known by its newest revision", () => {
  book.change(alice, "prefix", "?", ann);
  book.change(alice, "prefix", undefined, ann);
  expect(book.all()).toEqual(new Map([[alice, { own: {}, revision: 2 }]]));
});

test("restore brings back how all stood, as changes of their own", () => {
  book.change(alice, "prefix", "?", root);
  book.change(alice, "log.chat", "off", root);
  book.change(bob, "prefix", "+", root);
  book.change(alice, "prefix", "%", root);
  book.change(alice, "weight", 2, root);
  const restored = book.restore(alice, 2, root);
  expect(restored.map(({ key, after }) => [key, after])).toEqual([
    ["prefix", "?"],
    ["weight", undefined],
  ]);
  expect(own(alice)).toEqual({ prefix: "?", "log.chat": "off" });
  expect(own(bob)).toEqual({ prefix: "+" });
  expect(book.restore(alice, 2, root)).toEqual([]);
});

test("whatever was changed, as many undos as changes lead back to the beginning", () => {
  const change = fc.record({
    key: fc.constantFrom("prefix", "weight", "log.chat"),
    after: fc.constantFrom(1, 2, undefined),
  });
  fc.assert(
    fc.property(fc.array(change, { maxLength: 12 }), (changes) => {
      db.exec("DELETE FROM settings_revisions");
      book.change(alice, "chat.send", "irc", root);
      let done = 0;
      for (const { key, after } of changes) {
        if (book.change(alice, key, after, ann).is === "changed") done += 1;
      }
      for (let at = 0; at < done; at += 1) expect(book.undo(alice, ann).is).toBe("undone");
      expect(own(alice)).toEqual({ "chat.send": "irc" });
      expect(book.undo(alice, ann)).toEqual({ is: "nothing-to-undo" });
    }),
    { numRuns: 25 },
  );
});

test("old revisions go, those that hold stay", () => {
  const insert = db.prepare(
    "INSERT INTO settings_revisions (channel, key, after, person, via, changed_at) VALUES (?, ?, ?, 'x', 'cli', 0)",
  );
  insert.run(alice, "weight", "7");
  db.transaction(() => {
    for (let at = 0; at <= REVISIONS_KEPT; at += 1) insert.run(alice, "prefix", JSON.stringify(`${at}`));
  })();
  book.change(alice, "prefix", "!", root);
  const count = db.prepare("SELECT count(*) FROM settings_revisions").pluck().get();
  expect(count).toBe(REVISIONS_KEPT + 1);
  expect(own(alice)).toEqual({ weight: 7, prefix: "!" });
});

test("a change that can't be written leaves neither a revision nor a line in the audit log", () => {
  db.exec("CREATE TRIGGER full BEFORE INSERT ON audit_log BEGIN SELECT RAISE(FAIL, 'disk full'); END");
  expect(() => book.change(alice, "prefix", "?", ann)).toThrow("disk full");
  expect(book.newest()).toBe(0);
});
