import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { BEGINNING, inodeOf, openHistory } from "./history.ts";

let folder: string;
let file: string;
let troubles: string[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "kissbot-logs-"));
  file = join(folder, "chat.log");
  troubles = [];
});
afterEach(() => rmSync(folder, { recursive: true }));

const open = (name = file) => openHistory(name, (which, because) => troubles.push(`${which} ${because}`));
/** "a b": a line each. */
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

test("goes back through all files in their order", () => {
  write(DAYS);
  const history = open();
  expect([...history.lines].join("")).toBe("ihgfedcba");
  expect(history.end).toEqual({ inode: inodeOf(file), at: "h\ni\n".length });
  history.close();
  expect(troubles).toEqual([]);
});

test("a file that has just been put aside, with nothing written since", () => {
  write(DAYS);
  rmSync(file);
  const history = open();
  expect(history.end).toEqual(BEGINNING);
  expect([...history.lines][0]).toBe("g");
  history.close();
});

test("a folder that is not there has no history", () => {
  const history = open(join(folder, "none", "x.log"));
  expect([...history.lines]).toEqual([]);
  history.close();
});

test("what is put aside while it is read is read once, and what came after it not at all", () => {
  write(DAYS);
  const history = open();
  const lines = history.lines[Symbol.iterator]();
  expect(lines.next().value).toBe("i");
  renameSync(file, `${file}.2026-11-21.11`);
  write({ "chat.log.2026-11-21.12": "newer", "chat.log": "newest" });
  const rest: string[] = [];
  for (let next = lines.next(); !next.done; next = lines.next()) rest.push(next.value);
  expect(rest.join("")).toBe("hgfedcba");
  history.close();
});

test("what is deleted while it is read is passed over", () => {
  write(DAYS);
  const history = open();
  const lines = history.lines[Symbol.iterator]();
  lines.next();
  for (const name of readdirSync(folder)) if (name.endsWith(".2")) rmSync(join(folder, name));
  const rest: string[] = [];
  for (let next = lines.next(); !next.done; next = lines.next()) rest.push(next.value);
  expect(rest.join("")).toBe("hgfdcba");
  history.close();
});

test("what cannot be read is told of and passed over", () => {
  write(DAYS);
  rmSync(file);
  mkdirSync(file);
  rmSync(join(folder, "chat.log.2026-11-21.2"));
  mkdirSync(join(folder, "chat.log.2026-11-21.2"));
  const history = open();
  expect([...history.lines].join("")).toBe("gfdcba");
  history.close();
  expect(troubles).toEqual([`${file} it is no ordinary file`, `${file}.2026-11-21.2 it is no ordinary file`]);
});
