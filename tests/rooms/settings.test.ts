/** Settings that moderators change in chat: checked, written down, taken over by the modules they concern, and taken back. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as v from "valibot";
import { afterEach, beforeEach, expect, test } from "vitest";
import { makeAuditLog } from "../../db/audit-log.ts";
import { type Db, openDatabase } from "../../db/open.ts";
import { makeSettingsBook, type SettingsBook } from "../../db/settings.ts";
import { type AnyModule, defineModule, effects } from "../../worker/module.ts";
import { say } from "../../worker/outputs/chat.ts";
import type { Rank } from "../../worker/signal.ts";
import { makeFakeClock } from "../support/fake-clock.ts";
import { calmSurroundings, channel, openWorkerRoom, type WorkerRoom } from "../support/worker-room.ts";

let folder: string;
let db: Db;
let book: SettingsBook;
let room: WorkerRoom;
let counts = 0;
let stopped: string[];

/** Counts what it is told, in its memory: a module that is started anew has forgotten it. */
const counter = (name: string): AnyModule =>
  defineModule({
    name,
    summary: "Counts.",
    config: v.strictObject({
      step: v.optional(v.pipe(v.number(), v.integer("a whole number"), v.maxValue(9, "at most 9")), 1),
      words: v.optional(v.array(v.string()), []),
      title: v.optional(v.pipe(v.string(), v.maxLength(20, "20 letters at most")), "Count"),
    }),
    commands: [
      {
        words: [name],
        usage: name,
        who: "everyone",
        cooldownMs: { perUser: 0, perChannel: 0 },
        run(_call, { config }, memory) {
          memory.count += config.step;
          return effects(say({ text: `${config.title} ${memory.count} ${config.words.join("+")}`.trim() }));
        },
      },
    ],
    start: () => ({ count: 0 }),
    stop: () => void stopped.push(name),
  });

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "kissbot-settings-"));
  const file = join(folder, "kissbot.db");
  db = openDatabase(file);
  book = makeSettingsBook(db, "worker");
  stopped = [];
  room = await openRoom(file);
});
afterEach(async () => {
  await room.close();
  db.close();
  rmSync(folder, { recursive: true });
});

const openRoom = (file: string) =>
  openWorkerRoom({
    clock: makeFakeClock(),
    surroundings: calmSurroundings(),
    prefix: "!",
    settings: { red: { step: 2 } },
    modules: [counter("red"), counter("blue")],
    claims: new Set(),
    openBook: async () => {
      const opened = openDatabase(file);
      return {
        book: makeSettingsBook(opened, "worker"),
        lastSettled: () => undefined,
        close: () => opened.close(),
      };
    },
  });

/** What is answered; undefined: nothing. */
async function type(text: string, login = "mod", rank: Rank = "moderator"): Promise<string | undefined> {
  const before = room.written.length;
  counts += 1;
  await room.say({ id: `m${counts}`, login, text, rank });
  return room.written.slice(before).join("\n").replace(`@${login} `, "") || undefined;
}

test("a change is taken over at once, by the module it concerns only", async () => {
  expect([await type("!red"), await type("!blue"), await type("!red")]).toEqual([
    "Count 2",
    "Count 1",
    "Count 4",
  ]);
  expect(await type("!set red.step 5")).toBe("red.step: as configured → 5");
  expect([await type("!red"), await type("!blue")]).toEqual(["Count 5", "Count 2"]);
  expect(stopped).toEqual(["red"]);
  expect(book.of(channel)).toEqual(new Map([["modules.red.step", { value: 5, revision: 1 }]]));
});

test("what commands begin with can be changed, and is known to every module", async () => {
  expect(await type("!blue")).toBe("Count 1");
  expect(await type("!set prefix ?")).toBe("prefix: as configured → “?”");
  expect([await type("!blue"), await type("?blue")]).toEqual([undefined, "Count 2"]);
  expect(await type("?help")).toContain("?ping");
  expect(stopped).toEqual([]);
});

test.each([
  ["!set red.step seven", 'red.step: expected a number, not "seven"'],
  ["!set red.step 12", "red.step: expected at most 9"],
  ["!set red.stp 1", "there is no stp in modules.red; did you mean step?"],
  ["!set rde.step 1", "rde: there is no such module; did you mean red?"],
  ["!set prefix hello", "prefix: expected one to three of ! ? $ % & + ~ . -"],
  ["!set log.keep_days 3", "log.keep_days is for the operator to change"],
  ["!set weight 100", "weight is for the operator to change"],
  ["!set red 1", "red is a section: name one of its settings (step, words, title)"],
  ["!set __proto__.x 1", expect.stringContaining("there is no such module")],
  ["!set red.__proto__ 1", expect.stringContaining("there is no __proto__ in modules.red")],
  ["!set red..step 1", "a setting's name is words with dots between them"],
  ["!set red.step", undefined],
  ["!set", undefined],
])("%s is refused, and nothing changes", async (text, answer) => {
  expect(await type(text)).toEqual(answer);
  expect(book.newest()).toBe(0);
});

test("viewers change nothing", async () => {
  expect(await type("!set red.step 5", "viewer", "vip")).toBeUndefined();
  expect(await type("!undo", "viewer", "everyone")).toBeUndefined();
  expect(book.newest()).toBe(0);
});

test("lists are typed with commas, text keeps its spaces, and `default` gives back what is configured", async () => {
  expect(await type("!set blue.words a, b,c")).toBe("blue.words: as configured → a, b, c");
  expect(await type("!set blue.title How many  times")).toBe("blue.title: as configured → “How many  times”");
  expect(await type("!blue")).toMatch(/^How many +times 1 a\+b\+c$/);
  expect(await type("!set blue.title default")).toBe("blue.title: “How many  times” → as configured");
  expect(await type("!set blue.title DEFAULT")).toBe("It is like that already.");
  expect(await type("!blue")).toBe("Count 1 a+b+c");
});

test("the last change in chat is taken back, then the one before it; what came otherwise stays", async () => {
  await type("!set red.step 5", "ann");
  await type("!set red.step 6", "bea");
  book.change(channel, "modules.blue.step", 9, { person: "root", via: "cli" });
  expect(await type("!undo")).toBe("Undone: red.step is 5 again (was 6).");
  expect(await type("!red")).toBe("Count 5");
  expect(await type("!undo")).toBe("Undone: red.step is as configured again (was 5).");
  expect(await type("!red")).toBe("Count 2");
  expect(await type("!undo")).toBe("There is nothing to undo. (Of a collapse: !collapse undo <name>)");
  expect(book.of(channel)).toEqual(new Map([["modules.blue.step", { value: 9, revision: 3 }]]));
});

test("what the operator changed since is not taken away by !undo", async () => {
  await type("!set red.step 5");
  book.change(channel, "modules.red.step", 7, { person: "root", via: "cli" });
  expect(await type("!undo")).toBe("root has changed red.step since, outside this chat: not undone.");
  expect(book.of(channel).get("modules.red.step")?.value).toBe(7);
});

test("each change stands in the audit log, with who and which revision", async () => {
  await type("!set red.step 5", "ann");
  await type("!undo", "bea");
  const entries = makeAuditLog(db, "worker").find({ channel, countMax: 9 });
  expect(entries.map(({ event, person, details }) => [event, person, details])).toEqual([
    ["setting-changed", "ann", { key: "modules.red.step", revision: 1 }],
    ["setting-undone", "bea", { key: "modules.red.step", revision: 2 }],
  ]);
});

test("settings that the supervisor tells are taken over; older ones do not take back what was changed here", async () => {
  await room.takeSettings({ prefix: "+", modules: { red: { step: 3 } } });
  expect(await type("+red")).toBe("Count 3");
  await type("+set red.step 4");
  await room.takeSettings({ own: {}, revision: 0 });
  expect(await type("+red")).toBe("Count 4");
  await room.takeSettings({ own: {}, revision: 9 });
  expect(await type("+red")).toBe("Count 3");
});

test("a module whose new settings are wrong sleeps, and comes back with right ones", async () => {
  await room.takeSettings({ modules: { red: { step: "x" } } });
  expect([await type("!red"), await type("!blue")]).toEqual([undefined, "Count 1"]);
  expect(room.troubles).toEqual([expect.stringContaining("module-sleeps: red")]);
  await room.takeSettings({ modules: {} });
  expect(await type("!red")).toBe("Count 1");
});

test("without a database nothing is changed, and chat is told that it can't be done now", async () => {
  const lone = await openWorkerRoom({
    clock: makeFakeClock(),
    surroundings: calmSurroundings(),
    prefix: "!",
    settings: {},
    modules: [counter("red")],
    claims: new Set(),
  });
  const outcome = await lone.say({ id: "lone", login: "mod", text: "!set red.step 5", rank: "moderator" });
  expect(outcome).toMatchObject({ is: "refused", because: "backend-away" });
  await lone.close();
});
