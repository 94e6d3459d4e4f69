import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CERTAINTIES, GAME_SOURCES, type GameFacts, toPlainText } from "./game-facts.ts";
import { SAID_MAX, sayGame, sayGameBriefly, sayOptions, sayPlaying, saySummary } from "./say-game.ts";

const hades: GameFacts = {
  name: "Hades",
  year: 2020,
  isEarlyAccess: false,
  developers: ["Supergiant Games"],
  publishers: ["Private Division", "Supergiant Games", "Third"],
  platforms: ["PC", "Mac", "Switch", "PS5"],
  genres: [],
  summary: "Hades: Defy the god of the dead. Escape.",
  metacritic: 93,
  rating: 4.4,
  ids: {},
  sources: ["igdb", "steam"],
  reliability: 0.98,
  certainty: "HIGH",
};

describe("sayGame", () => {
  test.each<[string, Partial<GameFacts>, string]>([
    [
      "everything",
      {},
      "🎮 Hades (2020) - Dev: Supergiant Games - Pub: Private Division, Supergiant Games - ⭐ 4.7/5 - 🕹️ PC, Mac, Switch | Hades: Defy the god of the dead. Escape. - 🔥 HIGH (2 sources)",
    ],
    [
      "next to nothing",
      {
        year: undefined,
        developers: [],
        publishers: [],
        platforms: [],
        summary: undefined,
        metacritic: undefined,
        rating: undefined,
        sources: ["rawg"],
        certainty: "LOW",
      },
      "🎮 Hades - ⚠️ LOW (1 source)",
    ],
    [
      "early access, the players' rating where there are no critics'",
      {
        isEarlyAccess: true,
        metacritic: undefined,
        publishers: [],
        platforms: ["PC"],
        summary: "",
        certainty: "MEDIUM",
        sources: ["steam"],
      },
      "🎮 Hades 🚧 (2020) - Dev: Supergiant Games - ⭐ 4.4/5 - 🕹️ PC - ✅ MEDIUM (1 source)",
    ],
  ])("%s", (_what, changes, text) => {
    expect(sayGame({ ...hades, ...changes } as GameFacts)).toBe(text);
  });

  test("a long summary is cut at 150", () => {
    const said = sayGame({ ...hades, summary: "word ".repeat(100).trim() });
    expect(/\| (.*) - 🔥/.exec(said)?.[1]).toMatch(/^word .*\.\.\.$/);
    expect(/\| (.*) - 🔥/.exec(said)?.[1]?.length).toBeLessThanOrEqual(150);
  });
});

describe("saySummary", () => {
  test.each([
    ["Hades: Defy the god.", "📝 Hades (2020): Defy the god."],
    ["Hades is a game.", "📝 Hades (2020): Hades is a game."],
    ["A game.", "📝 Hades (2020): A game."],
  ])("%j", (summary, text) => {
    expect(saySummary({ ...hades, summary })).toBe(text);
  });
  test("is cut after a sentence when most of the room is used by then", () => {
    const said = saySummary({ ...hades, summary: `${"x".repeat(230)}. ${"y".repeat(200)}` });
    expect(said?.endsWith("x.")).toBe(true);
  });
  test("there may be none", () => expect(saySummary({ ...hades, summary: undefined })).toBeUndefined());
});

test("sayOptions", () => {
  expect(
    sayOptions("prey", [{ name: "Prey", year: 2017 }, { name: "Prey", year: 2006 }, { name: "Prey X" }]),
  ).toBe(
    "🔍 Plusieurs jeux trouvés pour 'prey' : 1. Prey (2017) | 2. Prey (2006) | 3. Prey X → réponds 1, 2 ou 3",
  );
});

test("sayOptions with one: a guess", () => {
  expect(sayOptions("vampyre", [{ name: "Vampire Survivors", year: 2022 }])).toBe(
    "🔍 Aucun 'vampyre', mais peut-être : 1. Vampire Survivors (2022) → réponds 1",
  );
});

const word = (maxLength: number) =>
  fc
    .string({ minLength: 1, maxLength, unit: "grapheme" })
    .filter((text) => text.length <= maxLength && text.isWellFormed());
const words = fc.array(word(100), { maxLength: 12 });
const anyFacts: fc.Arbitrary<GameFacts> = fc.record(
  {
    name: word(200),
    year: fc.integer({ min: 1950, max: 2100 }),
    isEarlyAccess: fc.boolean(),
    developers: words,
    publishers: words,
    platforms: words,
    genres: words,
    summary: fc.string({ maxLength: 1_000, unit: "grapheme" }).filter((text) => text.isWellFormed()),
    metacritic: fc.integer({ min: 0, max: 100 }),
    rating: fc.double({ min: 0, max: 5, noNaN: true }),
    ids: fc.constant({}),
    sources: fc.subarray([...GAME_SOURCES], { minLength: 1 }),
    reliability: fc.constant(0.5),
    certainty: fc.constantFrom(...CERTAINTIES),
  },
  {
    requiredKeys: [
      "name",
      "isEarlyAccess",
      "developers",
      "publishers",
      "platforms",
      "genres",
      "ids",
      "sources",
      "reliability",
      "certainty",
    ],
  },
) as fc.Arbitrary<GameFacts>;

test("whatever the data, it fits beside the name of whoever asked, and no character is halved", () => {
  fc.assert(
    fc.property(anyFacts, fc.string({ maxLength: 25 }), (facts, channel) => {
      for (const said of [
        sayGame(facts),
        sayGameBriefly(facts),
        saySummary(facts) ?? "",
        sayPlaying(channel, facts),
      ]) {
        expect(said.length).toBeLessThanOrEqual(SAID_MAX);
        expect(said.isWellFormed()).toBe(true);
      }
      const { name, year } = facts;
      const options = [1, 2, 3].map(() => ({ name, ...(year !== undefined && { year }) }));
      expect(sayOptions(name, options).length).toBeLessThanOrEqual(SAID_MAX);
    }),
  );
});

describe("toPlainText", () => {
  test.each([
    ["<p>One<br>two &amp; three</p>", "One two & three"],
    ["a&quot;b&#39;c&#x41;", "a\"b'cA"],
    ["line\r\nbreak\u0000and\u200Bnothing", "line break and nothing"],
    ["Trade&trade; ™", "Trade ™"],
    ["&#99999999; &unknown;", "&#99999999; &unknown;"],
  ])("%j", (text, plain) => expect(toPlainText(text, 100)).toBe(plain));

  test("is one line of bounded length, whatever comes", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "binary", maxLength: 500 }),
        fc.integer({ min: 1, max: 80 }),
        (text, max) => {
          const plain = toPlainText(text, max);
          expect(plain.length).toBeLessThanOrEqual(max);
          expect(plain).not.toMatch(/\p{Cc}/u);
        },
      ),
    );
  });
});
