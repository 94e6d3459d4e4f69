import { appendFileSync, mkdtempSync, renameSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { systemClock } from "../../shared/clock.ts";
import { type Following, followFile } from "./follow-file.ts";
import { readLastLines } from "./last-lines.ts";

let folder: string;
let file: string;
let following: Following | undefined;
let lines: string[];
let wake: () => void;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "kissbot-logs-"));
  file = join(folder, "x.log");
  lines = [];
  wake = () => {};
});
afterEach(() => {
  following?.stop();
  following = undefined;
  rmSync(folder, { recursive: true });
});

function follow(from: number): void {
  following = followFile({
    file,
    from,
    clock: systemClock,
    onLine: (line) => {
      lines.push(line);
      wake();
    },
  });
}
const seen = async (count: number) => {
  while (lines.length < count) {
    await new Promise<void>((resolve) => {
      wake = resolve;
    });
  }
  return lines;
};

test("hands over whole lines only, also when they come in pieces", async () => {
  writeFileSync(file, "old\n");
  follow(4);
  appendFileSync(file, "one\ntw");
  await seen(1);
  appendFileSync(file, "o – ü\n");
  expect(await seen(2)).toEqual(["one", "two – ü"]);
});

test("waits for a file that is not there yet, in a folder that is not there yet", async () => {
  file = join(folder, "later", "x.log");
  follow(0);
  const { mkdirSync } = await import("node:fs");
  mkdirSync(join(folder, "later"));
  writeFileSync(file, "first\n");
  expect(await seen(1)).toEqual(["first"]);
});

test("reads a rotated file to its end and goes on with the new one", async () => {
  writeFileSync(file, "");
  follow(0);
  appendFileSync(file, "before\n");
  renameSync(file, `${file}.1`);
  writeFileSync(file, "after\n");
  expect(await seen(2)).toEqual(["before", "after"]);
});

test("begins anew in a file that was emptied", async () => {
  writeFileSync(file, "a long line\n");
  follow(12);
  truncateSync(file, 0);
  appendFileSync(file, "short\n");
  expect(await seen(1)).toEqual(["short"]);
});

test.each([
  ["", 5, []],
  ["a\nb\nc\n", 2, ["b", "c"]],
  ["a\nb\nc\n", 9, ["a", "b", "c"]],
  ["a\nb\nhalf", 2, ["a", "b"]],
  ["half", 2, []],
  ["a\n", 0, []],
  [`${"x".repeat(70_000)}\n${"y".repeat(70_000)}\nz\n`, 1, ["z"]],
])("readLastLines finds whole lines (%#)", (text, count, wanted) => {
  writeFileSync(file, text);
  const found = readLastLines(file, count);
  expect(found.lines).toEqual(wanted);
  expect(found.endsAt).toBe(Buffer.byteLength(text.slice(0, text.lastIndexOf("\n") + 1)));
});

test("a missing file has no last lines", () => {
  expect(readLastLines(join(folder, "none"), 3)).toEqual({ lines: [], endsAt: 0, wantsOlder: true });
});
