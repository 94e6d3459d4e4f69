import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { findPssKb, findStartTicks } from "./proc.ts";
import { findProcessNote, isAlive, makeProcessNote, takeLock, writeProcessNote } from "./process-note.ts";

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "kissbot-note-"));
  file = join(folder, "supervisor.json");
});
afterEach(() => rmSync(folder, { recursive: true }));

const mine = () => makeProcessNote(process.pid, new Date(0));
/** The pid of a living process with other start ticks: a pid that was used again. */
const reused = () => ({ ...makeProcessNote(process.ppid, new Date(0)), startTicks: "1" });

test("a process is alive only while pid and start time both fit", () => {
  expect(isAlive(mine())).toBe(true);
  expect(isAlive(reused())).toBe(false);
  expect(findStartTicks(2 ** 22 + 1)).toBeUndefined();
  expect(findPssKb("self")).toBeGreaterThan(1_000);
});

test("a note comes back as it was written", () => {
  writeProcessNote(file, mine());
  expect(findProcessNote(file)).toEqual(mine());
  writeFileSync(file, "{}");
  expect(findProcessNote(file)).toBeUndefined();
});

test("a living owner keeps the lock and is named", () => {
  expect(takeLock(file, mine())).toEqual({ is: "taken" });
  expect(takeLock(file, { ...mine(), pid: process.ppid })).toEqual({ is: "held", by: mine() });
});

test.each([
  ["a dead owner's", () => JSON.stringify({ ...mine(), pid: 2 ** 22 + 1 })],
  ["a reused pid's", () => JSON.stringify(reused())],
  ["a half-written", () => '{"pid":'],
])("%s lock is taken over, and nothing is left beside it", (_name, content) => {
  writeFileSync(file, content());
  expect(takeLock(file, mine())).toEqual({ is: "taken" });
  expect(readdirSync(folder)).toEqual(["supervisor.json"]);
});
