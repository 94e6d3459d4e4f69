import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { HISTORY_MAX, openConsoleHistory, parseHistory } from "./console-history.ts";

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "kb-history-"));
  file = join(folder, "console-history");
});
afterEach(() => rmSync(folder, { recursive: true }));

test("what one console was told, the next remembers, newest first; the file is its owner's alone", async () => {
  const first = openConsoleHistory(file);
  expect(first.past).toEqual([]);
  for (const line of ["status", "restart alice", " status ", ""]) first.add(line);
  await first.written();
  expect(openConsoleHistory(file).past).toEqual(["status", "restart alice"]);
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

test("two consoles at once lose nothing of each other's", async () => {
  const [one, other] = [openConsoleHistory(file), openConsoleHistory(file)];
  one.add("stop alice");
  other.add("stop bob");
  await Promise.all([one.written(), other.written()]);
  expect([...openConsoleHistory(file).past].sort()).toEqual(["stop alice", "stop bob"]);
});

test("a folder that is missing, or a file that can't be written, ends nothing", async () => {
  const nowhere = openConsoleHistory(join(folder, "missing", "console-history"));
  nowhere.add("status");
  await nowhere.written();
  mkdirSync(file);
  const blocked = openConsoleHistory(file);
  expect(blocked.past).toEqual([]);
  blocked.add("status");
  await blocked.written();
});

test("control characters and novels do not come back to the prompt", () => {
  expect(parseHistory(`status\n\u001b[2Jstop-all\n${"x".repeat(300)}\nhelp\n`)).toEqual(["help", "status"]);
});

test("a file that grew large is cut to what is remembered", () => {
  writeFileSync(file, "", { mode: 0o600 });
  for (let n = 0; n < 6_000; n += 1) appendFileSync(file, `restart channel_${n}\n`);
  const { past } = openConsoleHistory(file);
  expect(past).toHaveLength(HISTORY_MAX);
  expect(past[0]).toBe("restart channel_5999");
  expect(readFileSync(file, "utf8").split("\n")).toHaveLength(HISTORY_MAX + 1);
  expect(statSync(file).mode & 0o777).toBe(0o600);
});
