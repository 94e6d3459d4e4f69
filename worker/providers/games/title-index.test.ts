/** The real engine over real files: whatever happens to the index, a title is looked for, corrected or as it was typed. */
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { buildGameIndex } from "../../../engine/build-index.ts";
import { openGameIndex } from "../../../engine/index.ts";
import { makeFakeClock } from "../../../tests/support/fake-clock.ts";
import { silentLog } from "../../../tests/support/silent-log.ts";
import { makeTestLog } from "../../../tests/support/test-log.ts";
import { makeTitleIndex, type TitleIndex } from "./title-index.ts";

let folder: string;
let file: string;
let titles: TitleIndex | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "kissbot-titles-"));
  file = join(folder, "games.kbx");
});
afterEach(() => {
  titles?.close();
  titles = undefined;
  rmSync(folder, { recursive: true });
});

const clock = makeFakeClock();
const open = () => {
  titles = makeTitleIndex({ file, openGameIndex, clock, log: silentLog });
  return titles;
};
const best = (query: string) => titles?.search(query, 3)[0]?.title;
const LOOK_MS = 5_000;

describe("the index", () => {
  test("is missing, then there", async () => {
    open();
    expect(best("quxly adventures")).toBeUndefined();
    expect(titles?.describe()).toMatch(/^missing/);
    await build(["Quxley Adventures"]);
    await clock.advance(LOOK_MS);
    expect(best("quxly adventures")).toBe("Quxley Adventures");
  });
  test("is replaced while it is open", async () => {
    await build(["Quxley Adventures"]);
    open();
    expect(best("quxly adventures")).toBe("Quxley Adventures");
    await build(["Brumbleton Manor"]);
    await clock.advance(LOOK_MS);
    expect(best("brumbelton manor")).toBe("Brumbleton Manor");
  });
  test("is removed: what is open goes on answering", async () => {
    await build(["Quxley Adventures"]);
    open();
    expect(best("quxly adventures")).toBe("Quxley Adventures");
    rmSync(file);
    await clock.advance(LOOK_MS);
    expect(best("quxly adventures")).toBe("Quxley Adventures");
  });
  test("is cut short while it is open, and built anew: the same process corrects again", async () => {
    await build(["Quxley Adventures"]);
    const { log, lines } = makeTestLog();
    titles = makeTitleIndex({ file, openGameIndex, clock, log });
    expect(best("quxly adventures")).toBe("Quxley Adventures");
    for (const times of [1, 2]) {
      truncateSync(file, readFileSync(file).length >> 1);
      // Of the file that is still mapped.
      best("brumbelton manor");
      await clock.advance(LOOK_MS);
      expect(best("quxly adventures")).toBeUndefined();
      await clock.advance(LOOK_MS);
      expect(best("quxly adventures")).toBeUndefined();
      expect(lines).toHaveLength(times);
      await build(["Quxley Adventures"]);
      await clock.advance(LOOK_MS);
      expect(best("quxly adventures")).toBe("Quxley Adventures");
    }
  });
  test("is cut short, or something else: titles stay as they were typed, and it is said once", async () => {
    await build(["Quxley Adventures"]);
    const bytes = readFileSync(file);
    const { log, lines } = makeTestLog();
    for (const spoil of [
      () => truncateSync(file, bytes.length >> 1),
      () => writeFileSync(file, "this is no index"),
      () => writeFileSync(file, ""),
    ]) {
      spoil();
      titles = makeTitleIndex({ file, openGameIndex, clock, log });
      expect(titles.search("quxly adventures", 3)).toEqual([]);
      await clock.advance(LOOK_MS);
      expect(titles.search("quxly adventures", 3)).toEqual([]);
      titles.close();
    }
    expect(lines).toHaveLength(3);
  });
});

test("an engine that throws is as good as none", () => {
  titles = makeTitleIndex({
    file,
    openGameIndex: () => {
      throw new Error("the addon fell over");
    },
    clock,
    log: silentLog,
  });
  expect(titles.search("hades", 3)).toEqual([]);
  expect(titles.describe()).toBe("the addon fell over");
});

async function build(names: readonly string[]): Promise<void> {
  const source = join(folder, "titles.tsv");
  writeFileSync(source, names.map((name) => `${name}\t5\t2001\n`).join(""));
  const built = await buildGameIndex({ titles: source, to: file, now: 0 });
  expect(built).toMatchObject({ is: "built" });
}
