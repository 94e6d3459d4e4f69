import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as v from "valibot";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Login } from "../shared/ids.ts";
import { type EventJournal, makeEventJournal } from "./event-journal.ts";
import { type Db, openDatabase } from "./open.ts";

const alice = v.parse(Login, "alice");
const bob = v.parse(Login, "bob");
const eventOf = (id: string) =>
  JSON.stringify({
    kind: "event",
    seq: 1,
    id,
    at: "2026-01-01T00:00:00Z",
    body: { topic: "stream.offline", broadcasterLogin: "a", broadcasterName: "A" },
  });
const row = (channel: Login, id: string) => ({ channel, receivedAt: 1_000.4, event: eventOf(id) });
const nothing = { inserts: [], removals: [], losses: [] };

let folder: string;
let db: Db;
let journal: EventJournal;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "kissbot-journal-"));
  db = openDatabase(join(folder, "kissbot.db"));
  journal = makeEventJournal(db);
});
afterEach(() => {
  db.close();
  rmSync(folder, { recursive: true });
});

const show = () => {
  const loaded = journal.load();
  if (loaded.is === "failed") throw new Error(loaded.problem);
  return loaded.channels.map(
    ({ channel, lost, events }) =>
      `${channel} ${lost} ${events.map(({ event }) => event?.id ?? "?").join(" ")}`,
  );
};

test("brings back each channel's events in the order they came, and what was lost", () => {
  const first = journal.write(
    { ...nothing, inserts: [row(alice, "a1"), row(bob, "b1"), row(alice, "a2")] },
    0,
  );
  expect(first).toMatchObject({ is: "written", positions: [1, 2, 3] });
  journal.write({ inserts: [row(alice, "a3")], removals: [1], losses: [{ channel: bob, lost: 4 }] }, 0);
  expect(show().sort()).toEqual(["alice 0 a2 a3", "bob 4 b1"]);
  journal.write({ ...nothing, removals: [2, 3, 4], losses: [{ channel: bob, lost: 0 }] }, 0);
  expect(show()).toEqual([]);
});

test("what another version wrote is told as not understood", () => {
  db.exec(
    `INSERT INTO event_journal (channel, received_at, event) VALUES ('alice', 1, 'no json'), ('alice', 2, '{"kind":"event"}')`,
  );
  journal.write({ ...nothing, inserts: [row(alice, "a1")] }, 0);
  expect(show()).toEqual(["alice 0 ? ? a1"]);
});

test("says at once that somebody else writes, or waits for as long as it is told", () => {
  const other = openDatabase(join(folder, "kissbot.db"));
  other.exec("BEGIN IMMEDIATE");
  const startedAt = performance.now();
  expect(journal.write({ ...nothing, inserts: [row(alice, "a1")] }, 0)).toEqual({ is: "busy" });
  expect(performance.now() - startedAt).toBeLessThan(1_000);
  expect(journal.write({ ...nothing, inserts: [row(alice, "a1")] }, 30)).toEqual({ is: "busy" });
  other.exec("COMMIT");
  other.close();
  expect(journal.write({ ...nothing, inserts: [row(alice, "a1")] }, 0)).toMatchObject({ is: "written" });
});

test("a full disk is an answer, keeps nothing by halves, and passes", () => {
  const pages = Number(db.pragma("page_count", { simple: true }));
  db.pragma(`max_page_count = ${pages + 2}`);
  const many = Array.from({ length: 200 }, (_, n) => row(alice, `${n}`));
  expect(journal.write({ ...nothing, inserts: many }, 0)).toEqual({
    is: "failed",
    problem: "database or disk is full",
  });
  expect(show()).toEqual([]);
  db.pragma(`max_page_count = ${pages + 2_000}`);
  expect(journal.write({ ...nothing, inserts: many }, 0)).toMatchObject({ is: "written" });
});

test("a journal that can't be read is an answer, too", () => {
  db.exec("DROP TABLE event_journal");
  expect(journal.load()).toMatchObject({ is: "failed" });
});
