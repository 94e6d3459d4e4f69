import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as v from "valibot";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { makeAuditLog } from "../../db/audit-log.ts";
import { openCollapsedNames } from "../../db/collapsed-names.ts";
import { makeCrowdBook } from "../../db/crowd.ts";
import { type Db, openDatabase } from "../../db/open.ts";
import type { Candidate } from "../../shared/crowd/candidate.ts";
import type { CrowdScope } from "../../shared/crowd/crowd-papers.ts";
import { ChannelId, Login, UserId } from "../../shared/ids.ts";
import type { CrowdReply } from "../../shared/ipc/crowd-words.ts";
import { makeFakeClock } from "../../tests/support/fake-clock.ts";
import { makeCrowdDesk } from "./crowd-desk.ts";
import { closedSource, type Searched } from "./domain-source.ts";

const HOUR = 3_600_000;
let folder: string;
let db: Db;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "kb-crowd-"));
  db = openDatabase(join(folder, "kissbot.db"));
});
afterEach(() => {
  db.close();
  rmSync(folder, { recursive: true, force: true });
});

const candidate = (title: string, year: number, more: Partial<Candidate> = {}): Candidate => ({
  identity: `${title}|${year}`,
  title,
  year,
  sources: ["steam"],
  witnesses: 1,
  genres: ["roguelike"],
  ...more,
});
const asker = (channel: string, id: string) => ({
  channelId: v.parse(ChannelId, id),
  channel: v.parse(Login, channel),
});
const alice = asker("alice", "1");
const bob = asker("bob", "2");
const person = (id: string) => ({ id: v.parse(UserId, id), login: v.parse(Login, `user${id}`) });

function open(wish: { scope?: CrowdScope; confirmations?: number; found?: Searched } = {}) {
  const clock = makeFakeClock();
  const asked: string[] = [];
  let found: Searched = wish.found ?? {
    is: "found",
    candidates: [candidate("Hades", 2020, { witnesses: 2 }), candidate("Hades II", 2025)],
  };
  const desk = makeCrowdDesk({
    book: makeCrowdBook(db),
    audit: makeAuditLog(db, "hub", clock.wall),
    sources: {
      game: {
        search: async (query) => {
          asked.push(query);
          return found;
        },
      },
      music: closedSource,
    },
    papers: { scope: wish.scope ?? "shared", confirmations: wish.confirmations ?? 1 },
    clock,
  });
  const observe = (query: string, by = alice) =>
    desk({ do: "observe", domain: "game", query, by: person("9") }, by);
  const collapse = (query: string, position: number, by = alice, who = "7", stateId?: number) =>
    desk({ do: "collapse", query, position, stateId, by: person(who) }, by);
  const undo = (query: string, by = alice) => desk({ do: "undo-collapse", query, by: person("7") }, by);
  return {
    clock,
    asked,
    desk,
    observe,
    collapse,
    undo,
    finds: (now: Searched) => {
      found = now;
    },
  };
}
const titlesOf = (reply: CrowdReply) =>
  reply.is === "superposition" ? reply.states.map(({ candidate: { title } }) => title) : reply.is;
const events = () =>
  makeAuditLog(db, "cli")
    .find({ countMax: 99 })
    .filter(({ event }) => event.startsWith("crowd-"));

describe("what a name may mean", () => {
  test("is searched for once, and asked for again a day later", async () => {
    const { observe, asked, clock } = open();
    expect(titlesOf(await observe("hades"))).toEqual(["Hades", "Hades II"]);
    expect(titlesOf(await observe(" HADES! "))).toEqual(["Hades", "Hades II"]);
    expect(asked).toHaveLength(1);
    clock.sleep(25 * HOUR);
    await observe("hades");
    expect(asked).toHaveLength(2);
  });

  test("is asked of the source once when many ask at the same time", async () => {
    const { observe, asked } = open();
    await Promise.all([observe("hades"), observe("hades", bob), observe("Hades")]);
    expect(asked).toHaveLength(1);
  });

  test("evaporates after two days without the source", async () => {
    const { observe, clock, finds } = open();
    await observe("hades");
    finds({ is: "away", because: "away" });
    clock.sleep(30 * HOUR);
    expect(titlesOf(await observe("hades"))).toEqual(["Hades", "Hades II"]);
    clock.sleep(20 * HOUR);
    expect(await observe("hades")).toEqual({ is: "source-away", because: "away" });
  });

  test("is nothing where the source knows nothing", async () => {
    const { observe } = open({ found: { is: "found", candidates: [] } });
    expect(await observe("asdfgh")).toEqual({ is: "nothing-found" });
  });
});

describe("a collapse", () => {
  test("is for ever, counts each moderator once, and readers see it at once", async () => {
    const { observe, collapse, clock } = open();
    const names = openCollapsedNames({ file: join(folder, "kissbot.db"), scope: "*", domain: "game" });
    await observe("hades");
    expect(names.find("Hades")).toBeUndefined();
    expect(await collapse("hades", 2)).toMatchObject({
      is: "collapsed",
      state: { confirmations: 1, confidence: 1 },
    });
    await collapse("hades", 1, alice, "7", undefined);
    expect(names.find(" HADES ")).toEqual({ title: "Hades II", year: 2025, confirmations: 1 });
    clock.sleep(10_000 * HOUR);
    expect(await observe("hades")).toMatchObject({
      is: "collapsed",
      state: { candidate: { title: "Hades II" } },
    });
    expect(await collapse("hades", 1, bob, "8")).toMatchObject({ state: { confirmations: 2 } });
    expect(names.find("hades")?.confirmations).toBe(2);
    names.close();
  });

  test("to something else has to be undone first", async () => {
    const { observe, collapse, undo } = open();
    const listed = await observe("hades");
    const ids = listed.is === "superposition" ? listed.states.map(({ id }) => id) : [];
    await collapse("hades", 1);
    expect(await collapse("hades", 2, alice, "7", ids[1])).toMatchObject({
      is: "collapsed-otherwise",
      state: { candidate: { title: "Hades" } },
    });
    expect(await undo("hades")).toMatchObject({ is: "undone", state: { candidate: { title: "Hades" } } });
    expect(await collapse("hades", 2, alice, "7", ids[1])).toMatchObject({ is: "collapsed" });
    expect(events().map(({ event, details }) => `${event} ${details.choice}`)).toEqual([
      "crowd-collapsed Hades (2020)",
      "crowd-undone Hades (2020)",
      "crowd-collapsed Hades II (2025)",
    ]);
    expect(events()[0]).toMatchObject({ channel: "alice", person: "user7", details: { name: "hades" } });
  });

  test("that was undone leaves everything as it was", async () => {
    const { observe, collapse, undo } = open();
    const before = await observe("hades");
    const other = await observe("dead cells");
    await collapse("hades", 1);
    expect(await observe("dead cells")).not.toEqual(other);
    await undo("hades");
    expect(await observe("hades")).toEqual(before);
    expect(await observe("dead cells")).toEqual(other);
    expect(await undo("hades")).toEqual({ is: "unknown" });
  });

  test("lifts what is entangled by so much", async () => {
    const { observe, collapse, finds } = open();
    finds({ is: "found", candidates: [candidate("Dead Cells", 2018)] });
    await observe("dead cell");
    finds({ is: "found", candidates: [candidate("F-Zero", 1990, { genres: ["racing"] })] });
    await observe("fzero");
    finds({ is: "found", candidates: [candidate("Hades", 2020)] });
    await observe("hades");
    await collapse("hades", 1);
    expect(await observe("dead cell")).toMatchObject({ states: [{ confidence: 0.44 }] });
    expect(await observe("fzero")).toMatchObject({ states: [{ confidence: 0.24 }] });
  });

  test("takes as many moderators as are asked for", async () => {
    const { observe, collapse, clock } = open({ confirmations: 2 });
    await observe("hades");
    expect(await collapse("hades", 2)).toMatchObject({
      is: "confirmed",
      needed: 2,
      state: { confidence: 0.8 },
    });
    expect(await collapse("hades", 2, alice, "7")).toMatchObject({ is: "confirmed" });
    clock.sleep(100 * HOUR);
    expect(events()).toEqual([]);
    const after = await collapse("hades", 1, bob, "8");
    expect(after).toMatchObject({
      is: "collapsed",
      state: { candidate: { title: "Hades II" }, confirmations: 2 },
    });
    expect(events()).toHaveLength(1);
  });

  test("of what nobody asked for, or of a number that is not there, is none", async () => {
    const { observe, collapse } = open();
    expect(await collapse("hades", 1)).toEqual({ is: "unknown" });
    await observe("hades");
    expect(await collapse("hades", 3)).toEqual({ is: "no-such-state", count: 2 });
    expect(await collapse("hades", 1, alice, "7", 4_711)).toEqual({ is: "no-such-state", count: 2 });
  });

  test("that can't be audited does not happen", async () => {
    const { observe, collapse } = open();
    await observe("hades");
    db.exec("DROP TABLE audit_log");
    await expect(collapse("hades", 1)).rejects.toThrow();
    expect((await observe("hades")).is).toBe("superposition");
  });
});

test("where each channel knows its own, one settles nothing for another", async () => {
  const { observe, collapse, desk } = open({ scope: "channel" });
  await observe("hades");
  await observe("hades", bob);
  await collapse("hades", 1);
  expect((await observe("hades")).is).toBe("collapsed");
  expect((await observe("hades", bob)).is).toBe("superposition");
  const mine = openCollapsedNames({ file: join(folder, "kissbot.db"), scope: "1", domain: "game" });
  const theirs = openCollapsedNames({ file: join(folder, "kissbot.db"), scope: "2", domain: "game" });
  expect([mine.find("hades")?.title, theirs.find("hades")]).toEqual(["Hades", undefined]);
  mine.close();
  theirs.close();
  expect(await desk({ do: "decohere", queries: [], by: person("7") }, bob)).toMatchObject({ game: 2 });
  expect((await observe("hades")).is).toBe("collapsed");
});

test("decoherence takes what nobody confirmed, of all or of some", async () => {
  const { observe, collapse, desk } = open();
  await observe("hades");
  await observe("cells");
  await collapse("hades", 1);
  const count = { game: { superpositions: 2, states: 4, verified: 1 }, music: { states: 0 } };
  expect(await desk({ do: "count" }, alice)).toMatchObject({ is: "counts", ...count });
  const named = await desk({ do: "decohere", queries: ["Hades", "nothing"], by: person("7") }, alice);
  expect(named).toEqual({ is: "decohered", game: 1, music: 0, queries: ["Hades"] });
  const all = await desk({ do: "decohere", queries: [], by: person("7") }, alice);
  expect(all).toMatchObject({ game: 2, music: 0 });
  expect(await desk({ do: "count" }, alice)).toMatchObject({
    game: { superpositions: 1, states: 1, verified: 1 },
  });
});

test("clearing removes only what has evaporated", async () => {
  const { observe, collapse, clock } = open();
  await observe("hades");
  await collapse("hades", 1);
  clock.sleep(40 * HOUR);
  await observe("cells");
  clock.sleep(10 * HOUR);
  expect(makeCrowdBook(db).clear(clock.wall())).toBe(1);
  expect((await observe("hades")).is).toBe("collapsed");
});

test("a database that is not there settles nothing, and is read as soon as it is", async () => {
  const { observe, collapse } = open();
  const names = openCollapsedNames({ file: join(folder, "later", "kissbot.db"), scope: "*", domain: "game" });
  expect(names.find("hades")).toBeUndefined();
  names.close();
  await observe("hades");
  await collapse("hades", 1);
});
