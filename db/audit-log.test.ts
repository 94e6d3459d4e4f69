import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as v from "valibot";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Login } from "../shared/ids.ts";
import { makeFakeClock } from "../tests/support/fake-clock.ts";
import { silentLog } from "../tests/support/silent-log.ts";
import { makeTestLog } from "../tests/support/test-log.ts";
import { makeAuditLog } from "./audit-log.ts";
import { startAuditTrail } from "./audit-trail.ts";
import { type Db, openDatabase } from "./open.ts";

const alice = v.parse(Login, "alice");
const bob = v.parse(Login, "bob");

let folder: string;
let db: Db;
let now: number;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "kissbot-audit-"));
  db = openDatabase(join(folder, "kissbot.db"));
  now = 1_000;
});
afterEach(() => {
  db.close();
  rmSync(folder, { recursive: true });
});

describe("the audit log", () => {
  const fill = () => {
    const log = makeAuditLog(db, "supervisor", () => now);
    log.write("house-started", { pid: 7, adopted: 0 });
    now = 2_000;
    log.write("channel-added", {}, { channel: alice, person: "root" });
    now = 3_000;
    log.write("channel-added", {}, { channel: bob });
    now = 4_000;
    log.write("token-failed", { account: "the_bot", because: "revoked" });
    return log;
  };

  test("gives back what was written, oldest first", () => {
    expect(fill().find({ countMax: 2 })).toEqual([
      {
        at: 3_000,
        event: "channel-added",
        channel: bob,
        source: "supervisor",
        person: undefined,
        details: {},
      },
      {
        at: 4_000,
        event: "token-failed",
        channel: undefined,
        source: "supervisor",
        person: undefined,
        details: { account: "the_bot", because: "revoked" },
      },
    ]);
  });

  test.each([
    ["a channel", { channel: alice }, [2_000]],
    ["a time", { since: 3_000 }, [3_000, 4_000]],
    ["an event", { event: "channel-added" }, [2_000, 3_000]],
    ["all of them", { channel: bob, since: 1_000, event: "channel-added" }, [3_000]],
    ["nothing there", { event: "token-failed", channel: alice }, []],
  ])("finds by %s", (_what, wish, expected) => {
    const found = fill().find({ ...wish, countMax: 10 });
    expect(found.map(({ at }) => at)).toEqual(expected);
  });

  test("forgets what is old, a few at a time", () => {
    const log = fill();
    expect(log.removeOlderThan(3_500, 2)).toBe(2);
    expect(log.removeOlderThan(3_500, 2)).toBe(1);
    expect(log.removeOlderThan(3_500, 2)).toBe(0);
    expect(log.find({ countMax: 10 }).map(({ at }) => at)).toEqual([4_000]);
  });

  test("takes part in a transaction that comes to nothing", () => {
    const log = makeAuditLog(db, "cli");
    const fails = db.transaction(() => {
      log.write("key-rotated", { from: "a", to: "b", secrets: 3 });
      throw new Error("disk full");
    });
    expect(fails).toThrow("disk full");
    expect(log.find({ countMax: 1 })).toEqual([]);
  });

  test("cuts what is too long, and reads what another version wrote", () => {
    const log = makeAuditLog(db, "hub", () => now);
    log.write("eventsub-lost", { because: "x".repeat(10_000) });
    db.exec(
      "INSERT INTO audit_log (at, event, source, details) VALUES (5, 'of-tomorrow', 'dashboard', '[not json')",
    );
    const [old, cut] = log.find({ countMax: 2 });
    expect(old).toMatchObject({ event: "of-tomorrow", source: "dashboard", details: {} });
    expect(String(cut?.details.because)).toHaveLength(501);
  });
});

describe("the trail", () => {
  const find = () => makeAuditLog(db, "cli").find({ countMax: 10 });

  test("writes a moment later, together", async () => {
    const clock = makeFakeClock();
    const trail = startAuditTrail({ db, source: "hub", clock, log: silentLog });
    trail.write("eventsub-connected", { transport: "websocket" });
    trail.write("eventsub-lost", { because: "keepalive" });
    expect(find()).toEqual([]);
    await clock.advance(200);
    expect(find().map(({ event }) => event)).toEqual(["eventsub-connected", "eventsub-lost"]);
    expect(clock.pending()).toBe(0);
  });

  test("does not wait for another process's transaction, and comes again", async () => {
    const clock = makeFakeClock();
    const { log, lines } = makeTestLog();
    const trail = startAuditTrail({ db, source: "hub", clock, log });
    const other = openDatabase(join(folder, "kissbot.db"));
    other.exec("BEGIN IMMEDIATE");
    trail.write("eventsub-lost", { because: "keepalive" });
    const before = performance.now();
    await clock.advance(200);
    expect(performance.now() - before).toBeLessThan(1_000);
    expect(find()).toEqual([]);
    other.exec("COMMIT");
    other.close();
    await clock.advance(2_000);
    expect(find()).toHaveLength(1);
    expect(lines.map(({ level }) => level)).toEqual(["warn", "info"]);
    expect(db.pragma("busy_timeout", { simple: true })).toBe(5_000);
  });

  test("tells of a database that takes nothing, once, and of its end; nothing is lost", async () => {
    const clock = makeFakeClock();
    const told: string[] = [];
    const onTrouble = { begins: (problem: string) => told.push(problem), ends: () => told.push("over") };
    const trail = startAuditTrail({ db, source: "hub", clock, log: silentLog, onTrouble });
    db.pragma("query_only = ON");
    trail.write("eventsub-lost", { because: "keepalive" });
    await clock.advance(6_000);
    expect(told).toEqual(["attempt to write a readonly database"]);
    expect(trail.troubles()).toEqual([
      "the audit log can't be written: attempt to write a readonly database",
    ]);
    db.pragma("query_only = OFF");
    await clock.advance(2_000);
    expect(told).toEqual(["attempt to write a readonly database", "over"]);
    expect(trail.troubles()).toEqual([]);
    expect(find()).toHaveLength(1);
  });

  test("deletes what is older than it is kept, and goes on doing so", async () => {
    const clock = makeFakeClock();
    const old = makeAuditLog(db, "hub", () => clock.wall() - 40 * 86_400_000);
    for (let count = 0; count < 1_200; count += 1) old.write("eventsub-lost", { because: "long ago" });
    const trail = startAuditTrail({ db, source: "supervisor", clock, log: silentLog, keepDays: () => 30 });
    trail.write("house-started", { pid: 1, adopted: 0 });
    await clock.advance(5_000);
    expect(find().map(({ event }) => event)).toEqual(["house-started"]);
    await clock.advance(31 * 86_400_000);
    expect(find()).toEqual([]);
    trail.stop();
    expect(clock.pending()).toBe(0);
  });

  test("writes the rest when it is stopped", () => {
    const clock = makeFakeClock();
    const trail = startAuditTrail({ db, source: "supervisor", clock, log: silentLog });
    trail.write("house-stopped", { because: "SIGTERM", killed: "" });
    trail.stop();
    expect(find()).toHaveLength(1);
    expect(clock.pending()).toBe(0);
  });
});
