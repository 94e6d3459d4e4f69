import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { buildGameIndex } from "./build-index.ts";
import { buildFallbackIndex } from "./fallback/build-fallback.ts";

let folder: string;
let to: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "kissbot-build-index-"));
  to = join(folder, "games.kbx");
});
afterEach(() => rmSync(folder, { recursive: true }));

/** What is said; undefined: it was built. */
const engines: Record<string, (titles: string) => Promise<string | undefined>> = {
  "the addon": async (titles) => {
    const built = await buildGameIndex({ titles, to, now: 0 });
    return built.is === "failed" ? built.problem : undefined;
  },
  "the fallback": async (titles) => {
    try {
      buildFallbackIndex({ titles, to, withAliases: true, now: 0 });
      return undefined;
    } catch (problem) {
      return problem instanceof Error ? problem.message : String(problem);
    }
  },
};
const inFolder = (name: string, contents: string | Buffer): string => {
  writeFileSync(join(folder, name), contents);
  return join(folder, name);
};

describe.each(Object.keys(engines))("a file of titles, read by %s", (engine) => {
  const build = (titles: string) => engines[engine]?.(titles);

  test.each<[string, () => string, RegExp]>([
    ["that is a folder", () => mkdtempSync(join(folder, "dir-")), /directory/i],
    ["that is not there", () => join(folder, "none"), /no such file/i],
    ["that is empty", () => inFolder("titles.tsv", ""), /there is no title in it$/],
    ["of empty lines", () => inFolder("titles.tsv", "\n \n\t5\t2020\n"), /there is no title in it$/],
    ["that is no text", () => inFolder("titles.tsv", Buffer.from([72, 0, 1, 2])), /it is no text$/],
    ["that never ends", () => "/dev/zero", /it has more than 268435456 bytes$|it is no text$/],
  ])("%s: is refused in one sentence, and what is there stays", async (_what, make, says) => {
    writeFileSync(to, "the index of before");
    const said = await build(make());
    expect(said).toMatch(says);
    expect(said?.split("\n")).toHaveLength(1);
    expect(readFileSync(to, "utf8")).toBe("the index of before");
  });

  test("is read when there is one title in it", async () => {
    expect(await build(inFolder("titles.tsv", "\nHadesque\t5\t2020\n"))).toBeUndefined();
    expect(readFileSync(to).includes("Hadesque")).toBe(true);
  });
});
