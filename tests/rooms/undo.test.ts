/** `!undo` takes back what was done last in this chat, whether a setting was changed or a name was settled. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as v from "valibot";
import { afterEach, beforeEach, expect, test } from "vitest";
import { makeAuditLog } from "../../db/audit-log.ts";
import { findLastSettled } from "../../db/collapsed-names.ts";
import { makeCrowdBook } from "../../db/crowd.ts";
import { type Db, openDatabase } from "../../db/open.ts";
import { makeSettingsBook } from "../../db/settings.ts";
import { type CrowdDesk, makeCrowdDesk } from "../../hub/crowd/crowd-desk.ts";
import { closedSource } from "../../hub/crowd/domain-source.ts";
import type { Candidate } from "../../shared/crowd/candidate.ts";
import { ChannelId, Login, UserId } from "../../shared/ids.ts";
import type { Rank } from "../../worker/signal.ts";
import { type FakeClock, makeFakeClock } from "../support/fake-clock.ts";
import {
  calmSurroundings,
  channel,
  channelId,
  openWorkerRoom,
  type Surroundings,
  type WorkerRoom,
} from "../support/worker-room.ts";

const SCOPE = "*";
const here = { channelId, channel };
const elsewhere = { channelId: v.parse(ChannelId, "200"), channel: v.parse(Login, "other") };

let folder: string;
let db: Db;
let clock: FakeClock;
let surroundings: Surroundings;
let desk: CrowdDesk;
let room: WorkerRoom;
let said: number;

const meanings = (query: string): readonly Candidate[] =>
  [2020, 2025].map((year) => ({
    identity: `${query}|${year}`,
    title: query,
    year,
    sources: ["steam"],
    witnesses: 1,
    genres: [],
  }));

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "kissbot-undo-"));
  db = openDatabase(join(folder, "kissbot.db"));
  clock = makeFakeClock();
  surroundings = calmSurroundings();
  said = 0;
  desk = makeCrowdDesk({
    book: makeCrowdBook(db),
    audit: makeAuditLog(db, "hub", clock.wall),
    sources: {
      game: { search: async (query) => ({ is: "found", candidates: [...meanings(query)] }) },
      music: closedSource,
    },
    papers: { scope: "shared", confirmations: 1 },
    clock,
  });
  room = await openWorkerRoom({
    clock,
    surroundings,
    prefix: "!",
    settings: {},
    modules: [],
    claims: new Set(),
    openBook: async () => ({
      book: makeSettingsBook(db, "worker", clock.wall),
      lastSettled: () => findLastSettled(db, { scope: SCOPE, channelId }),
      close: () => {},
    }),
    askCrowd: (wish) => desk(wish, here),
  });
});
afterEach(async () => {
  await room.close();
  db.close();
  rmSync(folder, { recursive: true });
});

/** Later than any cooldown, `mod mia` says it: what is answered. */
async function type(text: string, login = "mia", rank: Rank = "moderator"): Promise<string | undefined> {
  clock.sleep(10_000);
  const before = room.written.length;
  said += 1;
  await room.say({ id: `m${said}`, login, text, rank });
  return room.written.slice(before).join("\n").replace(`@${login} `, "") || undefined;
}
async function play(lines: readonly (readonly [typed: string, answer: string | RegExp])[]): Promise<void> {
  for (const [typed, answer] of lines) expect(await type(typed), typed).toMatch(answer);
}
const NOTHING = /^There is nothing to undo/;
const collapsed = () => db.prepare("SELECT key FROM crowd_collapses ORDER BY key").pluck().all();

test("both kinds, the newest first, whatever came between", async () => {
  await play([
    ["!set announcements.stream_online.message Live!", /as configured → “Live!”$/],
    ["!qgame hades", /Superposition/],
    ["!collapse hades 1", /État figé/],
    ["!set announcements.stream_online.message Here!", /“Live!” → “Here!”$/],
    ["!qgame prey", /Superposition/],
    ["!collapse prey 2", /État figé/],
    ["!undo", /^Undone: “prey” is not settled any more \(was prey \(2025\)\)\.$/],
    ["!undo", /^Undone: announcements.stream_online.message is “Live!” again \(was “Here!”\)\.$/],
    ["!undo", /^Undone: “hades” is not settled any more \(was hades \(2020\)\)\.$/],
    ["!undo", /^Undone: announcements.stream_online.message is as configured again \(was “Live!”\)\.$/],
    ["!undo", NOTHING],
  ]);
  expect(collapsed()).toEqual([]);
  const undone = makeAuditLog(db, "cli")
    .find({ countMax: 99 })
    .filter(({ event }) => event.endsWith("-undone"));
  expect(undone).toMatchObject([
    {
      event: "crowd-undone",
      channel: "streamer",
      person: "mia",
      details: { name: "prey", choice: "prey (2025)" },
    },
    { event: "setting-undone", person: "mia" },
    { event: "crowd-undone", person: "mia", details: { name: "hades", choice: "hades (2020)" } },
    { event: "setting-undone", person: "mia" },
  ]);
});

test("a name that was taken back by name is not in the way of what was done before it", async () => {
  await play([
    ["!set announcements.stream_online.message Live!", /“Live!”$/],
    ["!qgame hades", /Superposition/],
    ["!collapse hades 1", /État figé/],
    ["!collapse undo hades", /a annulé/],
    ["!undo", /^Undone: announcements/],
    ["!undo", NOTHING],
  ]);
});

test("what was settled in another channel is not taken back here, though it holds here", async () => {
  await type("!qgame hades");
  const by = { id: userOf("7"), login: v.parse(Login, "otto") };
  await desk({ do: "collapse", query: "hades", position: 1, by }, elsewhere);
  expect(await type("!undo")).toMatch(NOTHING);
  // To agree with another channel is no change of what the name means.
  await type("!collapse hades 1");
  expect(await type("!undo")).toMatch(NOTHING);
  expect(collapsed()).toEqual(["hades"]);
});

test("viewers take nothing back", async () => {
  await type("!qgame hades");
  await type("!collapse hades 1");
  expect(await type("!undo", "vera", "vip")).toBeUndefined();
  expect(collapsed()).toEqual(["hades"]);
});

test("while the hub is away nothing older is taken back instead", async () => {
  await type("!set announcements.stream_online.message Live!");
  await type("!qgame hades");
  await type("!collapse hades 1");
  surroundings.isHubAway = true;
  expect(await type("!undo")).toMatch(/^“hades” was settled last, .* try again later\.$/);
  expect(collapsed()).toEqual(["hades"]);
  expect(makeSettingsBook(db, "worker").newest()).toBe(1);
  surroundings.isHubAway = false;
  expect(await type("!undo")).toMatch(/“hades” is not settled any more/);
});

test("settings are taken back without the hub, when they are what was done last", async () => {
  await type("!qgame hades");
  await type("!collapse hades 1");
  await type("!set announcements.stream_online.message Live!");
  surroundings.isHubAway = true;
  expect(await type("!undo")).toMatch(/^Undone: announcements/);
});

test("names of any length fit into a message", async () => {
  const name = "x".repeat(100);
  await type(`!qgame ${name}`);
  await type(`!collapse ${name} 1`);
  const answer = await type("!undo");
  expect(answer).toMatch(/^Undone: “x+/);
  expect(answer?.length).toBeLessThan(500);
});

const userOf = (id: string) => v.parse(UserId, id);
