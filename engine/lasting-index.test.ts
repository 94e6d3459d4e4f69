/** What may happen to a file while a process has it open; on both engines. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, existsSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { buildGameIndex } from "./build-index.ts";
import { openFallback } from "./fallback/open-fallback.ts";
import type { GameIndex } from "./game-index.ts";
import { openLastingIndex } from "./lasting-index.ts";
import { loadAddon } from "./native-addon.ts";
import { openNative } from "./open-native.ts";

const loaded = loadAddon();
const engines = loaded.is === "loaded" ? (["rust", "typescript"] as const) : (["typescript"] as const);
/** From so many learnt titles on, they are put into the index. */
const MANY = 300;

let folder: string;
let file: string;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "kissbot-index-"));
  file = join(folder, "games.kbx");
  await build("Some Game of Mine\n");
});
afterEach(() => rmSync(folder, { recursive: true }));

async function build(titles: string): Promise<void> {
  writeFileSync(join(folder, "titles.tsv"), titles);
  expect(await buildGameIndex({ titles: join(folder, "titles.tsv"), to: file, now: 1 })).toMatchObject({
    is: "built",
  });
}

describe.each(engines)("the %s engine", (engine) => {
  const tryOpen = () =>
    openLastingIndex(file, {
      now: () => 2,
      open: (path) =>
        engine === "rust" && loaded.is === "loaded" ? openNative(loaded.addon, path) : openFallback(path),
    });
  const open = (): GameIndex => {
    const opened = tryOpen();
    if (opened.is === "failed") throw new Error(opened.problem);
    return opened.index;
  };

  test.each([
    ["missing", () => rmSync(file)],
    ["foreign", () => writeFileSync(file, "title,year\nDoom,1993\n")],
    ["corrupt", () => truncateSync(file, 5_000)],
    ["corrupt", () => truncateSync(file, 0)],
  ] as const)("says that a file is %s", (code, spoil) => {
    spoil();
    expect(tryOpen()).toMatchObject({
      is: "failed",
      code: code === "corrupt" ? expect.stringMatching(/corrupt|foreign/) : code,
    });
  });

  test("a replaced file is opened at the next refresh", async () => {
    const index = open();
    expect(index.refresh()).toEqual({ is: "unchanged" });
    await build("Quite Another Game\n");
    expect(index.find("some game of mine")?.title).toBe("Some Game of Mine");
    expect(index.refresh()).toEqual({ is: "reopened" });
    expect(index.find("some game of mine")?.stage).not.toBe("exact");
    expect(index.find("quite another game")?.title).toBe("Quite Another Game");
  });

  test("a removed file goes on answering, and is missed", async () => {
    const index = open();
    rmSync(file);
    expect(index.refresh()).toMatchObject({ is: "failed", code: "missing" });
    expect(index.find("some game of mine")?.title).toBe("Some Game of Mine");
    await build("Quite Another Game\n");
    expect(index.refresh()).toEqual({ is: "reopened" });
  });

  test("a bad file in its place is not used, and a good one after it is", async () => {
    const index = open();
    writeFileSync(file, "KBXGAMES, or nearly");
    expect(index.refresh()).toMatchObject({ is: "failed" });
    expect(index.find("some game of mine")).toBeUndefined();
    expect(index.info().problem).toEqual(expect.any(String));
    await build("Quite Another Game\n");
    expect(index.refresh()).toEqual({ is: "reopened" });
    expect(index.find("quite another game")?.title).toBe("Quite Another Game");
  });

  test("what one process learns, another finds after a refresh", () => {
    const [one, other] = [open(), open()];
    one.learn([{ title: "Brandnewgame of Tomorrow", year: 2027 }, { title: "Minecraft" }]);
    expect(one.find("brandnewgame of tomorow")).toMatchObject({
      title: "Brandnewgame of Tomorrow",
      year: 2027,
    });
    expect(other.find("brandnewgame of tomorrow")).toBeUndefined();
    expect(other.refresh()).toEqual({ is: "learnt" });
    expect(other.find("brandnewgame of tomorrow")).toMatchObject({ stage: "exact" });
    expect(other.info().learnt).toBe(1);
    expect(open().find("brandnewgame of tomorrow")).toMatchObject({ stage: "exact" });
  });

  test("what is learnt of something else makes no other title less sure", () => {
    const index = open();
    const best = (query: string) => {
      const [first] = index.search(query, 4);
      return [first?.title, first?.isConfident];
    };
    const slips = ["hnllow knight", "hollow kngiht", "stardew vally"];
    const before = slips.map(best);
    index.learn([{ title: "Qwxyzzy Blorp", year: 2027 }]);
    expect(slips.map(best)).toEqual(before);
    expect(before[0]).toEqual(["Hollow Knight", true]);
    expect(best("qwxyzy blorp")).toEqual(["Qwxyzzy Blorp", true]);
    index.learn([{ title: "Hellow Knight", year: 2027 }]);
    expect(best("hnllow knight")[1]).toBe(false);
    expect(best("hollow knight")).toEqual(["Hollow Knight", true]);
  });

  test("lines of additions that are damaged are passed over", () => {
    appendFileSync(join(folder, "games.additions.jsonl"), '{"title":"Whole One"}\n{"title":"Cut o');
    const index = open();
    index.learn([{ title: "After the Cut" }]);
    expect(index.find("whole one")?.title).toBe("Whole One");
    expect(index.find("after the cut")?.title).toBe("After the Cut");
  });

  test.runIf(engine === "rust")("many learnt titles are put into the index", async () => {
    const [index, reader] = [open(), open()];
    const before = index.info().titles;
    index.learn(
      Array.from({ length: MANY }, (_, at) => ({ title: `Brandnewgame Number ${at}`, year: 2027 })),
    );
    await index.settled();
    expect(index.info()).toMatchObject({ titles: before + MANY, learnt: 0 });
    expect(index.find("brandnewgame number 299")).toMatchObject({ year: 2027, stage: "exact" });
    expect(index.find("lol")?.title).toBe("League of Legends");
    expect(existsSync(join(folder, "games.compacting.jsonl"))).toBe(false);
    expect(reader.refresh()).toEqual({ is: "reopened" });
    expect(reader.find("brandnewgame number 7")).toMatchObject({ stage: "exact" });
  });
});

const SEARCHING = `
  import { openGameIndex } from ${JSON.stringify(join(import.meta.dirname, "index.ts"))};
  const opened = openGameIndex(process.argv[1]);
  const queries = ["vampyre survivors", "lol", "survivors vampire", "zelda wild breath", "no such thing"];
  const search = () => {
    for (const query of queries) opened.index.search(query, 5);
    setImmediate(search);
  };
  search();
  process.stdin.on("data", () => process.stdout.write(JSON.stringify(opened.index.refresh()) + "\\n"));
  process.stdin.on("end", () => process.exit(0));
  process.stdout.write("searching\\n");
`;

test("a file cut short under load ends no process", async () => {
  const args = ["--input-type=module-typescript", "--eval", SEARCHING, file];
  const child = spawn(process.execPath, args, { stdio: ["pipe", "pipe", "inherit"] });
  const exited = once(child, "exit");
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  expect((await lines.next()).value).toBe("searching");
  truncateSync(file, 0);
  child.stdin.write("refresh\n");
  expect(JSON.parse((await lines.next()).value ?? "")).toMatchObject({ is: "failed" });
  await build("Some Game of Mine\n");
  child.stdin.write("refresh\n");
  expect(JSON.parse((await lines.next()).value ?? "")).toEqual({ is: "reopened" });
  child.stdin.end();
  expect(await exited).toEqual([0, null]);
});
