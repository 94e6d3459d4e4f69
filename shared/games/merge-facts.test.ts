import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { GAME_SOURCES, type GameSource, type SourceFacts } from "./game-facts.ts";
import { gameLife } from "./game-life.ts";
import { alignmentOf, mergeFacts } from "./merge-facts.ts";

const told = (source: GameSource, changes: Partial<SourceFacts> = {}): SourceFacts => ({
  source,
  id: 1,
  name: "Hades",
  year: 2020,
  isEarlyAccess: false,
  developers: [`dev of ${source}`],
  publishers: [],
  platforms: [source],
  genres: [],
  summary: `${source} says a sentence about it`,
  ...changes,
});
const agreeing = (source: GameSource, changes: Partial<SourceFacts> = {}) =>
  told(source, { developers: ["Supergiant Games"], ...changes });
const french = { language: "french", similarity: 1 } as const;

describe("field by field", () => {
  const all = [
    agreeing("steam", { metacritic: 93, year: 2_021 }),
    agreeing("igdb", { rating: 4.5 }),
    agreeing("rawg", { rating: 4.2, metacritic: 90, playtimeHours: 20 }),
  ] as const;

  test("in French, Steam describes", () => {
    expect(mergeFacts([...all], french)).toMatchObject({
      name: "Hades",
      year: 2020,
      platforms: ["igdb"],
      summary: "steam says a sentence about it",
      rating: 4.2,
      metacritic: 93,
      playtimeHours: 20,
      sources: ["igdb", "steam", "rawg"],
      certainty: "HIGH",
      ids: { igdb: 1, steam: 1, rawg: 1 },
    });
  });
  test("in English, IGDB", () => {
    expect(mergeFacts([...all], { ...french, language: "english" }).summary).toMatch(/^igdb/);
  });
  test("a description of a few letters is none, while there is another", () => {
    expect(mergeFacts([agreeing("steam", { summary: "Jeu." }), agreeing("rawg")], french).summary).toMatch(
      /^rawg/,
    );
  });
  test("what the first does not know, the next says", () => {
    const merged = mergeFacts(
      [agreeing("igdb", { platforms: [], year: undefined }), agreeing("steam")],
      french,
    );
    expect(merged).toMatchObject({ platforms: ["steam"], year: 2020 });
  });
});

describe("who is heard", () => {
  test("one that speaks of another game is left out", () => {
    const stranger = told("igdb", { name: "Had Days", year: 1995, developers: ["Nobody"] });
    const merged = mergeFacts([stranger, agreeing("steam"), agreeing("rawg")], french);
    expect(merged).toMatchObject({ name: "Hades", sources: ["steam", "rawg"], certainty: "HIGH" });
  });
  test("of two that disagree, the one that knows most", () => {
    const stranger = told("steam", { name: "Had Days", year: 1995 });
    expect(mergeFacts([stranger, told("igdb")], french)).toMatchObject({
      sources: ["igdb"],
      certainty: "MEDIUM",
    });
  });
  test("one alone is sure of a title that was asked for, and not of another", () => {
    expect(mergeFacts([told("rawg")], french).certainty).toBe("MEDIUM");
    expect(mergeFacts([told("rawg")], { ...french, similarity: 0.8 }).certainty).toBe("LOW");
  });
});

describe("alignmentOf", () => {
  test.each<[string, Partial<SourceFacts>, number]>([
    ["the same", {}, 1],
    ["another year", { year: 2010 }, 1 - 0.1 / 0.9],
    ["a year that one does not know", { year: undefined }, 1],
    ["another developer", { developers: ["Nobody"] }, 1 - 0.2 / 0.9],
    ["half the name", { name: "Hades Two" }, 1 - 0.25 / 0.9],
  ])("%s", (_what, changes, alignment) => {
    expect(alignmentOf(agreeing("igdb"), agreeing("steam", changes))).toBeCloseTo(alignment, 5);
  });
});

const anyTold = fc.record({
  source: fc.constantFrom(...GAME_SOURCES),
  name: fc.constantFrom("Hades", "Hades II", "Prey", "Doom Eternal"),
  year: fc.option(fc.integer({ min: 1980, max: 2030 }), { nil: undefined }),
  developer: fc.constantFrom("a", "b", ""),
});

test("any sources: the answer names only who was heard, and is never surer than its parts", () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(anyTold, { minLength: 1, maxLength: 3, selector: ({ source }) => source }),
      (list) => {
        const parts = list.map(({ source, name, year, developer }) =>
          told(source, {
            name,
            ...(year === undefined ? { year: undefined } : { year }),
            developers: developer === "" ? [] : [developer],
          }),
        );
        const [first, ...rest] = parts;
        if (!first) return;
        const merged = mergeFacts([first, ...rest], french);
        expect(merged.sources.every((source) => parts.some((one) => one.source === source))).toBe(true);
        expect(parts.some(({ name }) => name === merged.name)).toBe(true);
        expect(merged.reliability).toBeLessThanOrEqual(merged.sources.length > 1 ? 0.98 : 0.95);
        expect(merged.certainty === "HIGH").toBe(merged.sources.length > 1);
      },
    ),
  );
});

describe("gameLife", () => {
  const now = Date.UTC(2026, 5, 1);
  const DAY = 86_400_000;
  test.each([
    [2027, 7],
    [2026, 7],
    [2025, 7],
    [2024, 30],
    [2021, 30],
    [2020, 180],
    [1993, 180],
    [undefined, 30],
  ])("a game of %s is fresh for %s days", (year, days) => {
    const life = gameLife({ year }, now);
    expect((life.freshUntil - now) / DAY).toBe(days);
    expect(life.expiresAt).toBeGreaterThan(life.freshUntil);
  });
});
