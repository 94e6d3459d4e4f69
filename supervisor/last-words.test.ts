import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { awaitLastWords, findLastWords } from "./last-words.ts";

const thrown = `file:///home/bot/dist/worker.mjs:12
throw new TypeError("no such thing");
^

TypeError: no such thing
    at file:///home/bot/dist/worker.mjs:12:7
    at process.processTicksAndRejections (node:internal/process/task_queues:104:5) {
  code: 'ERR_X'
}

Node.js v24.21.0
`;
const withCause = `hub: KissError: the database was written by a newer KissBot: 9 > 5
    at openDatabase (file:///home/bot/dist/hub.mjs:1:1)
    at main (file:///home/bot/dist/hub.mjs:2:2)
`;
const outOfMemory = `<--- Last few GCs --->
[7:0x1] 55 ms: Mark-Compact 20.1 (22.3) -> 20.0 (22.3) MB

<--- JS stacktrace --->

FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory
----- Native stack trace -----

 1: 0xb8f0d0 node::OOMErrorHandler(char const*, v8::OOMDetails const&) [node]
`;

test.each([
  ["an uncaught error", thrown, "TypeError: no such thing"],
  ["a process's own words", withCause, withCause.split("\n")[0]],
  ["the heap's end", outOfMemory, outOfMemory.split("\n")[5]],
  ["the last of several", `${thrown}${outOfMemory}${thrown}`, "TypeError: no such thing"],
  [
    "an error with a code",
    "Error [ERR_MODULE_NOT_FOUND]: Cannot find module\n",
    "Error [ERR_MODULE_NOT_FOUND]: Cannot find module",
  ],
  ["plain words", "one\nSegmentation fault\n\n", "Segmentation fault"],
  ["frames alone", "    at x (y:1:2)\n", undefined],
  ["nothing", "", undefined],
  ["a novel", `Error: ${"x".repeat(500)}`, `Error: ${"x".repeat(232)}…`],
])("%s", (_what, text, words) => {
  expect(findLastWords(text)).toBe(words);
});

test("hears what was written since it listens, in a log that was cut, too, and nothing where there is no log", () => {
  const folder = mkdtempSync(join(tmpdir(), "kb-words-"));
  const file = join(folder, "crash.log");
  expect(awaitLastWords(file).read()).toBeUndefined();
  writeFileSync(file, `Error: of the life before${" ".repeat(20_000)}\n`);
  const words = awaitLastWords(file);
  expect(words.read()).toBeUndefined();
  appendFileSync(file, thrown);
  expect(words.read()).toBe("TypeError: no such thing");
  writeFileSync(file, "Error: after the cut\n");
  expect(words.read()).toBe("Error: after the cut");
  rmSync(folder, { recursive: true });
  expect(words.read()).toBeUndefined();
});
