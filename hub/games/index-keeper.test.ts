import {
  closeSync,
  copyFileSync,
  mkdtempSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { openGameIndex } from "../../engine/index.ts";
import { type FakeClock, makeFakeClock } from "../../tests/support/fake-clock.ts";
import { makeTestLog } from "../../tests/support/test-log.ts";
import { type IndexBuilder, type IndexKeeper, makeIndexBuilder, startIndexKeeper } from "./index-keeper.ts";

const LOOK = 6_000;
const MINUTE = 60_000;
const FORMAT_AT = 8;

let shelf: string;
let good: string;
beforeAll(async () => {
  shelf = mkdtempSync(join(tmpdir(), "kissbot-index-shelf-"));
  good = join(shelf, "good.kbx");
  await makeIndexBuilder(good, { wall: () => 0 }).build();
});
afterAll(() => rmSync(shelf, { recursive: true }));

let folder: string;
let file: string;
let clock: FakeClock;
let keeper: IndexKeeper;
let built: number;
let buildsWell: boolean;
let told: string[];
let log: ReturnType<typeof makeTestLog>;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "kissbot-index-keeper-"));
  file = join(folder, "games.kbx");
  copyFileSync(good, file);
  clock = makeFakeClock();
  built = 0;
  buildsWell = true;
  told = [];
  log = makeTestLog();
});
afterEach(async () => {
  await keeper.stop();
  expect(clock.pending()).toBe(0);
  rmSync(folder, { recursive: true });
});

function start(): void {
  const real = makeIndexBuilder(file, clock);
  const builder: IndexBuilder = {
    verify: real.verify,
    async build() {
      built += 1;
      if (!buildsWell) return { is: "failed", problem: "the disk is full" };
      copyFileSync(good, `${file}.new`);
      renameSync(`${file}.new`, file);
      return {
        is: "built",
        engine: "rust",
        report: { titles: 553, skipped: 0, bytes: 1, tookMs: 1 },
      };
    },
  };
  const onTrouble = {
    begins: (_code: string, detail: string) => void told.push(detail),
    ends: () => void told.push("over"),
  };
  keeper = startIndexKeeper({ file, builder, onTrouble, clock, log: log.log });
}
const look = async (times = 1) => {
  for (let time = 0; time < times; time += 1) await clock.advance(LOOK);
};
const answers = () => {
  const opened = openGameIndex(file);
  return opened.is === "open" ? opened.index.find("vampyre survivors")?.title : opened.code;
};
const writeInto = (at: number, bytes: Buffer) => {
  const descriptor = openSync(file, "r+");
  writeSync(descriptor, bytes, 0, bytes.length, at);
  closeSync(descriptor);
};
const saidOf = (level: string) => log.lines.filter((line) => line.level === level).length;

describe("an index that is spoilt while the house runs", () => {
  test.each<[string, () => void, string]>([
    ["cut short", () => truncateSync(file, statSync(file).size / 2), "bytes and says"],
    ["emptied", () => truncateSync(file, 0), "it is empty"],
    ["deleted", () => rmSync(file), "it is gone"],
    ["without its first bytes", () => writeInto(0, Buffer.alloc(64)), "its first bytes are gone"],
    ["with a damaged header", () => writeInto(20, Buffer.alloc(8, 7)), "its header is damaged"],
  ])("%s: is built anew, once, and it is said", async (_what, spoil, because) => {
    start();
    await look();
    expect(built).toBe(0);
    spoil();
    await look(3);
    expect([built, answers()]).toEqual([1, "Vampire Survivors"]);
    expect(told[0]).toContain(because);
    expect(told.at(-1)).toBe("over");
    expect(saidOf("warn")).toBe(1);
  });

  test("far behind its first bytes: is noticed, because nobody writes into an index", async () => {
    start();
    await look();
    writeInto(statSync(good).size - 60_000, Buffer.alloc(30_000, 7));
    await clock.advance(LOOK);
    // The engine is loaded for it, which takes turns that no fake clock knows of.
    await keeper.stop();
    expect([built, told.at(-1)]).toEqual([1, "over"]);
    expect(answers()).toBe("Vampire Survivors");
  });

  test("that was spoilt before this process began is built anew, too", async () => {
    truncateSync(file, 100);
    start();
    await look();
    expect([built, answers()]).toEqual([1, "Vampire Survivors"]);
  });
});

describe("what is left alone", () => {
  test("another whole index in its place", async () => {
    start();
    await look();
    copyFileSync(good, `${file}.other`);
    renameSync(`${file}.other`, file);
    await look(3);
    expect([built, saidOf("warn")]).toEqual([0, 0]);
  });

  test("a house that has none", async () => {
    rmSync(file);
    start();
    await look(3);
    expect([built, saidOf("warn")]).toEqual([0, 0]);
  });

  test.each<[string, () => void]>([
    ["somebody's own file", () => writeFileSync(`${file}.notes`, "notes ".repeat(100))],
    [
      "an index of another version",
      () => {
        const bytes = readFileSync(good);
        bytes.writeUInt16LE(99, FORMAT_AT);
        writeFileSync(`${file}.notes`, bytes);
      },
    ],
  ])("%s", async (_what, put) => {
    start();
    await look();
    put();
    renameSync(`${file}.notes`, file);
    await look(3);
    expect([built, saidOf("warn")]).toEqual([0, 0]);
  });
});

describe("when building fails", () => {
  test("it is tried again with growing rests, said once, and is over when it succeeds", async () => {
    buildsWell = false;
    start();
    await look();
    rmSync(file);
    await look();
    expect(built).toBe(1);
    await clock.advance(50_000);
    expect(built).toBe(1);
    await clock.advance(60 * MINUTE);
    expect(built).toBe(6);
    expect([saidOf("warn"), saidOf("error")]).toEqual([1, 1]);
    expect(told.at(-1)).toBe("the disk is full");
    buildsWell = true;
    await clock.advance(60 * MINUTE);
    expect([built, told.at(-1), answers()]).toEqual([7, "over", "Vampire Survivors"]);
  });

  test("whoever puts a good one there during a rest ends it", async () => {
    buildsWell = false;
    start();
    await look();
    rmSync(file);
    await look();
    copyFileSync(good, file);
    await look();
    expect([built, told.at(-1)]).toEqual([1, "over"]);
  });

  test("what spoils it again and again does not keep the house building", async () => {
    start();
    await look();
    for (let times = 0; times < 20; times += 1) {
      rmSync(file, { force: true });
      await look();
    }
    expect(built).toBeLessThanOrEqual(3);
  });

  test("while it rests the trouble is told, and what ends it", async () => {
    start();
    await look();
    rmSync(file);
    await look(2);
    expect([built, told.at(-1)]).toEqual([1, "over"]);
    rmSync(file);
    await look();
    expect([built, told.at(-1)]).toEqual([1, "it is gone"]);
    copyFileSync(good, file);
    await look();
    expect([built, told.at(-1)]).toEqual([1, "over"]);
  });
});
