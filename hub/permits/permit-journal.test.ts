import { appendFileSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type JournalLine, openPermitJournal, parseFile, toRestored } from "./permit-journal.ts";

let folder: string;
let files: [string, string];
let up: number;
let boot: string;
let troubles: (string | undefined)[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "kissbot-journal-"));
  files = [join(folder, "a"), join(folder, "b")];
  up = 1_000;
  boot = "boot-1";
  troubles = [];
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const open = () =>
  openPermitJournal({
    files,
    machine: { bootId: boot, upMs: () => up },
    onTrouble: (problem) => troubles.push(problem),
  });
const granted = (name: string): JournalLine => ({
  is: "granted",
  kind: "send",
  name,
  channel: "alice_live",
  count: 2,
  asViewer: false,
  until: up + 3_000,
});
const told = (name: string): JournalLine => ({
  is: "told",
  kind: "send",
  name,
  channel: "alice_live",
  usedAt: [up],
  left: 1,
});
const namesOf = (journal: ReturnType<typeof open>) => journal.restored.lines.map(({ name }) => name);

test("the first one ever has nothing to tell", () => {
  expect(open().restored).toEqual({
    lines: [],
    hubGoneAt: undefined,
    wasHouseEmpty: false,
    isOtherBoot: false,
  });
});

test("what was written is there without closing; what was noted comes with the next line", () => {
  const first = open();
  first.write(granted("g1"));
  first.note(told("g1"));
  expect(namesOf(open())).toEqual(["g1"]);
  first.write(granted("g2"));
  expect(open().restored.lines).toEqual([granted("g1"), told("g1"), granted("g2")]);
  expect(statSync(files[0]).mode & 0o777).toBe(0o600);
});

test("files take turns; only what can't matter any more is written over", () => {
  const journal = open();
  journal.write(granted("old"));
  up += 95_000;
  journal.write(granted("second"));
  expect(namesOf(open())).toEqual(["old", "second"]);
  up += 95_000;
  journal.write(granted("third"));
  expect(namesOf(open())).toEqual(["second", "third"]);
});

test("a successor goes on where its predecessor was killed, even in the middle of a line", () => {
  open().write(granted("g1"));
  appendFileSync(files[0], '{"is":"granted","kind":"se');
  const second = open();
  second.write(granted("g2"));
  second.close();
  expect(namesOf(open())).toEqual(["g1", "g2"]);
});

test("tells when the last hub was there, and whether it left an empty house", () => {
  const journal = open();
  up = 5_000;
  journal.write({ is: "alive", at: up });
  expect(open().restored).toMatchObject({ hubGoneAt: 5_000, wasHouseEmpty: false });
  journal.write({ is: "left", at: 6_000, workers: 2 });
  expect(open().restored).toMatchObject({ hubGoneAt: 6_000, wasHouseEmpty: false });
  journal.write({ is: "left", at: 7_000, workers: 0 });
  expect(open().restored).toMatchObject({ hubGoneAt: 7_000, wasHouseEmpty: true });
});

test("what a hub said last of itself outlives the file where it stood", () => {
  const journal = open();
  journal.write({ is: "alive", at: 1_000 });
  for (const name of ["g1", "g2", "g3"]) {
    up += 95_000;
    journal.write(granted(name));
  }
  expect(open().restored).toMatchObject({
    hubGoneAt: 1_000,
    lines: [granted("g2"), granted("g3")].map(({ is }) => ({ is })),
  });
});

test("after a new start of the machine the old instants mean nothing", () => {
  open().write(granted("g1"));
  boot = "boot-2";
  const second = open();
  expect(second.restored).toEqual({
    lines: [],
    hubGoneAt: undefined,
    wasHouseEmpty: false,
    isOtherBoot: true,
  });
  second.write(granted("g2"));
  expect(open().restored).toMatchObject({ isOtherBoot: false, lines: [granted("g2")] });
});

test("nonsense is skipped, and never throws", () => {
  writeFileSync(files[0], "garbage\n{}\n[1]\n\u0000");
  expect(open().restored.lines).toEqual([]);
  expect(
    toRestored([parseFile('{"is":"begun","boot":"b","at":1}\n{"is":"granted"}\nnull')], "b").lines,
  ).toEqual([]);
});

test("what could not be written is written when there is room again, and that is said", async () => {
  const elsewhere = join(folder, "later");
  files = [join(elsewhere, "a"), join(elsewhere, "b")];
  const journal = open();
  journal.write(granted("g1"));
  journal.write(granted("g2"));
  await Promise.resolve();
  expect(troubles).toEqual([expect.stringContaining("ENOENT")]);
  mkdirSync(elsewhere);
  journal.write(granted("g3"));
  await Promise.resolve();
  expect(troubles.slice(1)).toEqual([undefined]);
  journal.close();
  expect(namesOf(open())).toEqual(["g1", "g2", "g3"]);
});
