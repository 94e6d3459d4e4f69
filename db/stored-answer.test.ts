import fc from "fast-check";
import * as v from "valibot";
import { expect, test } from "vitest";
import { CERTAINTIES, GAME_SOURCES, GameFacts } from "../shared/games/game-facts.ts";
import { hades } from "../tests/support/memory-games.ts";
import { isFacts, readAnswer, writeGame, writeOptions } from "./stored-answer.ts";

const text = (max: number) => fc.string({ minLength: 1, maxLength: max, unit: "binary" });
const words = fc.array(
  text(100).filter((word) => !word.includes("\n")),
  { maxLength: 12 },
);
const id = fc.option(fc.integer({ min: 1 }), { nil: undefined });
const upTo = (max: number) =>
  fc.option(fc.double({ min: 0, max, noNaN: true, noDefaultInfinity: true }), { nil: undefined });
/** JSON knows one zero. */
const withoutMinusZero = (facts: GameFacts): GameFacts => JSON.parse(JSON.stringify(facts));
const fitting = fc.record({
  name: text(200),
  year: fc.option(fc.integer({ min: 1950, max: 2100 }), { nil: undefined }),
  isEarlyAccess: fc.boolean(),
  developers: words,
  publishers: words,
  platforms: words,
  genres: words,
  summary: fc.option(fc.string({ maxLength: 1_000, unit: "binary" }), { nil: undefined }),
  metacritic: upTo(100),
  rating: upTo(5),
  playtimeHours: upTo(1e9),
  ids: fc.record({ igdb: id, steam: id, rawg: id }),
  sources: fc.array(fc.constantFrom(...GAME_SOURCES), { minLength: 1, maxLength: 3 }),
  reliability: fc.double({ min: 0, max: 1, noNaN: true }),
  certainty: fc.constantFrom(...CERTAINTIES),
});
/** What could stand anywhere, with what lies just beyond each bound. */
const anything = fc.oneof(
  fc.constantFrom(undefined, null, "", 0, -1, 1, 1.5, 5.01, 100.1, 1949, 1950, 2100, 2101, Number.NaN, true),
  fc.constantFrom(
    [],
    ["a\nb"],
    [""],
    ["igdb"],
    ["igdb", "igdb", "igdb"],
    ["igdb", "steam", "rawg", "igdb"],
    [7],
  ),
  fc.constantFrom("HIGH", "high", "x".repeat(200), "x".repeat(201), "x".repeat(1_000), "x".repeat(1_001)),
  fc.constantFrom(Array(12).fill("a"), Array(13).fill("a"), ["x".repeat(100)], ["x".repeat(101)]),
  fc.jsonValue(),
);
const FIELDS = Object.keys(v.parse(GameFacts, hades)) as (keyof GameFacts)[];

test("what is written is read", () => {
  fc.assert(
    fc.property(fitting, fc.string(), fc.nat(), (facts, key, freshUntil) => {
      const read = readAnswer(writeGame({ key, facts, freshUntil }));
      expect(read).toEqual({ is: "game", key, facts: withoutMinusZero(facts), freshUntil });
    }),
  );
  const options = [{ name: "Prey", year: 2017 }, { name: "Prey" }];
  expect(readAnswer(writeOptions(options))).toEqual({ is: "several", options });
});

test("the check by hand says what the schema says", () => {
  const verdicts = new Set<boolean>();
  fc.assert(
    fc.property(fitting, fc.constantFrom(...FIELDS), anything, (facts, field, value) => {
      const changed =
        field === "ids" ? { ...facts, ids: { ...facts.ids, steam: value } } : { ...facts, [field]: value };
      verdicts.add(v.is(GameFacts, changed));
      expect(isFacts(changed)).toBe(v.is(GameFacts, changed));
    }),
    { numRuns: 1_000 },
  );
  expect(verdicts).toEqual(new Set([true, false]));
});

test.each([
  ["", "nothing at all"],
  ["{", "no JSON"],
  ["{}", "no array"],
  ["null", "null"],
  ["[]", "no kind"],
  ['["game"]', "a game without facts"],
  ['["several",7]', "options that are none"],
  ['["several",[{"name":""}]]', "an option without a name"],
  ['["else",1]', "another kind"],
  [JSON.stringify(hades), "facts as an object"],
])("%s is unknown: %s", (stored) => {
  expect(readAnswer(stored)).toEqual({ is: "unknown" });
});

test("of a row that was spoilt, no place is believed", () => {
  const row: unknown[] = JSON.parse(writeGame({ key: "hades", facts: hades, freshUntil: 1 }));
  fc.assert(
    fc.property(fc.nat(row.length - 1), fc.jsonValue(), (at, value) => {
      const read = readAnswer(JSON.stringify(row.with(at, value)));
      if (read.is === "game") expect(v.is(GameFacts, read.facts)).toBe(true);
      else expect(["unknown", "several"]).toContain(read.is);
    }),
  );
});
