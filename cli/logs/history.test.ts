import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readHistory } from "./history.ts";

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "kissbot-logs-"));
  file = join(folder, "chat.log");
});
afterEach(() => rmSync(folder, { recursive: true }));

const write = (files: Readonly<Record<string, string>>) => {
  for (const [name, lines] of Object.entries(files)) {
    writeFileSync(join(folder, name), lines.replace(/\S+/g, "$&\n").replaceAll(" ", ""));
  }
};
const DAYS = {
  "chat.log": "h i",
  "chat.log.2026-11-21": "d",
  "chat.log.2026-11-21.2": "e",
  "chat.log.2026-11-21.10": "f g",
  "chat.log.2026-11-20": "a b c",
  "commands.log": "x",
  "commands.log.2026-11-21": "y",
  "chat.log.old": "z",
};

test.each([
  [1, "i"],
  [2, "hi"],
  [3, "ghi"],
  [6, "defghi"],
  [100, "abcdefghi"],
  [0, ""],
])("the last %d lines, over all files in their order", (count, wanted) => {
  write(DAYS);
  expect(readHistory(file, count, () => "take").lines.join("")).toBe(wanted);
});

test("counts only what is wanted, and looks no further back than it was told", () => {
  write(DAYS);
  expect(readHistory(file, 3, (line) => ("aeg".includes(line) ? "take" : "skip")).lines.join("")).toBe("aeg");
  expect(readHistory(file, 9, (line) => (line > "e" ? "take" : "stop")).lines.join("")).toBe("fghi");
});

test("tells where to read on, also when the file has just been put aside", () => {
  write(DAYS);
  expect(readHistory(file, 2, () => "take").endsAt).toBe("h\ni\n".length);
  rmSync(file);
  expect(readHistory(file, 2, () => "take")).toEqual({ lines: ["f", "g"], endsAt: 0 });
  expect(readHistory(join(folder, "none", "x.log"), 2, () => "take")).toEqual({ lines: [], endsAt: 0 });
});
