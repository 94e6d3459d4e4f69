/** Both engines give what the vectors say; `cargo test` holds the Rust one to the same file. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as v from "valibot";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildFallbackIndex, parseCatalogue } from "./fallback/build-fallback.ts";
import { toName } from "./fallback/normalise-title.ts";
import { openFallback } from "./fallback/open-fallback.ts";
import { loadAddon } from "./native-addon.ts";
import type { OpenedFile, OpenFile } from "./open-engine.ts";
import { openNative } from "./open-native.ts";

const Pair = v.tuple([v.string(), v.string()]);
const Found = v.tuple([v.string(), v.nullable(v.string()), v.nullable(v.string()), v.nullable(v.boolean())]);
const Vectors = v.object({ normalise: v.array(Pair), canonical: v.array(Pair), search: v.array(Found) });
const vectors = v.parse(Vectors, JSON.parse(readFileSync(join(import.meta.dirname, "vectors.json"), "utf8")));
const loaded = loadAddon();

let folder: string;
const file = () => join(folder, "games.kbx");
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "kissbot-vectors-"));
  buildFallbackIndex({ titles: undefined, to: file(), withAliases: true, now: 0 });
});
afterAll(() => rmSync(folder, { recursive: true }));

const opened = (file: OpenedFile): OpenFile => {
  if (file.is === "failed") throw new Error(file.problem);
  return file.opened;
};

test.each(vectors.normalise)("%j is %j", (text, spaced) => {
  expect(toName(text).spaced).toBe(spaced);
  if (loaded.is === "loaded") expect(loaded.addon.normalise(text)).toBe(spaced);
});

test.each(vectors.canonical)("%j has the key %j", (text, canonical) => {
  expect(toName(text).canonical).toBe(canonical);
});

describe("search", () => {
  test.each(vectors.search)("%j finds %j", (query, title, stage, isConfident) => {
    const expected = title === null ? undefined : expect.objectContaining({ title, stage, isConfident });
    expect(opened(openFallback(file())).find(query)).toEqual(expected);
    if (loaded.is === "loaded")
      expect(opened(openNative(loaded.addon, file())).find(query)).toEqual(expected);
  });
});

describe("the catalogue that ships", () => {
  const text = readFileSync(join(import.meta.dirname, "catalogue.tsv"), "utf8");
  const entries = parseCatalogue(text, true);
  const aliases = entries.flatMap((entry) => entry.aliases.map((alias) => ({ alias, entry })));

  test("knows several hundred games and other names for them", () => {
    expect(entries.length).toBeGreaterThan(250);
    expect(aliases.length).toBeGreaterThan(1_000);
  });

  test("every row has a title, a year and a renown", () => {
    const wrong = entries.filter(
      ({ title, year }) => title.trim() !== title || title === "" || year === undefined,
    );
    expect(wrong).toEqual([]);
  });

  test("no game stands there twice, and no alias is empty or another game's title", () => {
    const titles = entries.map(({ title, year }) => `${toName(title).raw} ${year}`);
    expect(new Set(titles).size).toBe(titles.length);
    const keys = new Set(entries.map(({ title }) => toName(title).raw));
    const wrong = aliases.filter(({ alias }) => toName(alias).raw === "" || keys.has(toName(alias).raw));
    expect(wrong.map(({ alias, entry }) => `${alias} of ${entry.title}`)).toEqual([]);
  });

  test.each(["rust", "typescript"] as const)("every alias leads to a game it is for: %s", (engine) => {
    if (engine === "rust" && loaded.is === "away") return;
    const index = opened(
      engine === "rust" && loaded.is === "loaded" ? openNative(loaded.addon, file()) : openFallback(file()),
    );
    // Several games may go by one short form.
    const meant = Map.groupBy(aliases, ({ alias }) => toName(alias).raw);
    const wrong = aliases.filter(({ alias }) => {
      const best = index.find(alias)?.title;
      return !meant.get(toName(alias).raw)?.some(({ entry }) => entry.title === best);
    });
    expect(wrong.map(({ alias, entry }) => `${alias} of ${entry.title}`)).toEqual([]);
  });
});
