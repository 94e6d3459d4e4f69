import { execFileSync } from "node:child_process";
import {
  appendFileSync,
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { systemClock } from "../../shared/clock.ts";
import { type Following, followFile } from "./follow-file.ts";
import { BEGINNING, inodeOf, type Mark } from "./history.ts";
import { LINE_BYTES_MAX } from "./lines-backwards.ts";

let folder: string;
let file: string;
let following: Following | undefined;
let lines: string[];
let troubles: string[];
let wake: () => void;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "kissbot-logs-"));
  file = join(folder, "x.log");
  lines = [];
  troubles = [];
  wake = () => {};
});
afterEach(() => {
  following?.stop();
  following = undefined;
  rmSync(folder, { recursive: true });
});

function follow(from: Mark): void {
  following = followFile({
    file,
    from,
    clock: systemClock,
    onUnreadable: (_file, because) => {
      troubles.push(because);
      wake();
    },
    onLine: (line) => {
      lines.push(line);
      wake();
    },
  });
}
/** In the file that is there now. */
const at = (place: number): Mark => ({ inode: inodeOf(file), at: place });
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
  follow(at(4));
  appendFileSync(file, "one\ntw");
  await seen(1);
  appendFileSync(file, "o – ü\n");
  expect(await seen(2)).toEqual(["one", "two – ü"]);
});

test("waits for a file that is not there yet, in a folder that is not there yet", async () => {
  file = join(folder, "later", "x.log");
  follow(BEGINNING);
  mkdirSync(join(folder, "later"));
  writeFileSync(file, "first\n");
  expect(await seen(1)).toEqual(["first"]);
});

test("reads a rotated file to its end and goes on with the new one", async () => {
  writeFileSync(file, "");
  follow(BEGINNING);
  appendFileSync(file, "before\n");
  renameSync(file, `${file}.1`);
  writeFileSync(file, "after\n");
  expect(await seen(2)).toEqual(["before", "after"]);
});

test("begins anew in a file that was emptied", async () => {
  writeFileSync(file, "a long line\n");
  follow(at(12));
  truncateSync(file, 0);
  appendFileSync(file, "short\n");
  expect(await seen(1)).toEqual(["short"]);
});

test("begins in a file that was put aside since it was marked, and reads every one that came after it", async () => {
  writeFileSync(file, "shown\nunshown\n");
  const mark = at("shown\n".length);
  renameSync(file, `${file}.2026-11-21`);
  writeFileSync(`${file}.2026-11-20.5`, "long ago\n");
  writeFileSync(`${file}.2026-11-21.1`, "second\n");
  writeFileSync(`${file}.2026-11-21.2`, "third\n");
  writeFileSync(file, "fourth\n");
  follow(mark);
  expect(await seen(4)).toEqual(["unshown", "second", "third", "fourth"]);
});

test("misses no file that came and went between two looks", async () => {
  writeFileSync(file, "");
  follow(BEGINNING);
  // In one turn of the loop: nobody can look in between.
  for (let turn = 0; turn < 5; turn += 1) {
    appendFileSync(file, `line ${turn}\n`);
    renameSync(file, `${file}.2026-11-21${turn === 0 ? "" : `.${turn}`}`);
  }
  appendFileSync(file, "line 5\n");
  expect(await seen(6)).toEqual([0, 1, 2, 3, 4, 5].map((turn) => `line ${turn}`));
});

test("misses no file that came and went before it was looked for, and reads none that was put aside before", async () => {
  writeFileSync(`${file}.2026-11-20`, "long ago\n");
  follow(BEGINNING);
  appendFileSync(file, "first\n");
  renameSync(file, `${file}.2026-11-21`);
  appendFileSync(file, "second\n");
  expect(await seen(2)).toEqual(["first", "second"]);
});

test("reads a file that was put aside as soon as it had come, with none after it", async () => {
  writeFileSync(file, "");
  follow(BEGINNING);
  renameSync(file, `${file}.2026-11-21`);
  writeFileSync(file, "last\n");
  renameSync(file, `${file}.2026-11-21.1`);
  expect(await seen(1)).toEqual(["last"]);
});

test("hears a second writer that has not yet left the file that was put aside", async () => {
  const other = openSync(file, "a");
  follow(BEGINNING);
  renameSync(file, `${file}.2026-11-21`);
  writeFileSync(file, "of the one that begins anew\n");
  await seen(1);
  writeSync(other, "of the one that was told later\n");
  closeSync(other);
  expect(await seen(2)).toEqual(["of the one that begins anew", "of the one that was told later"]);
});

test("a file whose mark was deleted since is read from its beginning", async () => {
  writeFileSync(file, "gone\n");
  const mark = at(5);
  writeFileSync(`${file}.new`, "here\n");
  renameSync(`${file}.new`, file);
  follow(mark);
  expect(await seen(1)).toEqual(["here"]);
});

test("a line without end is handed over in pieces", async () => {
  writeFileSync(file, Buffer.alloc(2 * LINE_BYTES_MAX + 1_000_000, 0xff));
  follow(BEGINNING);
  appendFileSync(file, "\nok\n");
  expect((await seen(4)).at(-1)).toBe("ok");
});

test("what is no ordinary file is told of once, and read when it has become one", async () => {
  execFileSync("mkfifo", [file]);
  follow(BEGINNING);
  expect(troubles).toEqual(["it is no ordinary file"]);
  appendFileSync(join(folder, "other.log"), "wakes it\n");
  rmSync(file);
  writeFileSync(file, "ok\n");
  expect(await seen(1)).toEqual(["ok"]);
  expect(troubles).toHaveLength(1);
});
