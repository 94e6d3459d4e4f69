import fc from "fast-check";
import * as v from "valibot";
import { expect, test } from "vitest";
import { CERTAINTIES, GAME_SOURCES, GameFacts, LIST_MAX, WORD_MAX } from "../shared/games/game-facts.ts";
import { hades } from "../tests/support/memory-games.ts";
import { readAnswer, writeGame, writeOptions } from "./stored-answer.ts";

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
/** What could stand where a list does: words and sources with breaks between, and what is no text. */
const listText = fc.oneof(
  fc
    .array(fc.constantFrom(...GAME_SOURCES, "", "PC", "é", "x".repeat(WORD_MAX), "x".repeat(WORD_MAX + 1)), {
      maxLength: LIST_MAX + 1,
    })
    .map((words) => words.join("\n")),
  fc.constantFrom("igdb", "igdb\nrawg", "igdb\nigdb\nigdb\nrawg", "\n", "a\n"),
  fc.jsonValue().filter((value) => !Array.isArray(value)),
);
/** Where each fact stands in a row: moved, ANSWER_SHAPE counts up. */
const PLAIN = {
  name: 3,
  year: 4,
  isEarlyAccess: 5,
  summary: 10,
  metacritic: 11,
  rating: 12,
  playtimeHours: 13,
  reliability: 18,
  certainty: 19,
} as const;
const IDS = { igdb: 14, steam: 15, rawg: 16 } as const;
const LISTS = { developers: 6, publishers: 7, platforms: 8, genres: 9, sources: 17 } as const;

const fieldsOf = <Field extends string>(places: Readonly<Record<Field, number>>) =>
  fc.constantFrom(...(Object.keys(places) as Field[]));
/** A stored row with anything in one place of it, as it is read: JSON knows neither undefined nor NaN. */
function readWith(facts: GameFacts, place: number, value: unknown) {
  const row: unknown[] = JSON.parse(writeGame({ key: "hades", facts, freshUntil: 1 }));
  return readAnswer(JSON.stringify(row.with(place, value ?? null)));
}
const afterJson = (value: unknown): unknown => JSON.parse(JSON.stringify([value ?? null]))[0] ?? undefined;

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

test("every fact of a row is judged as the schema judges it", () => {
  expect(Object.keys({ ...PLAIN, ...LISTS, ids: IDS }).sort()).toEqual(Object.keys(GameFacts.entries).sort());
  const verdicts = new Set<string>();
  const check = (kind: string, facts: GameFacts, changed: unknown, place: number, value: unknown) => {
    const fits = v.is(GameFacts, changed);
    verdicts.add(`${kind} ${fits}`);
    const read = readWith(facts, place, value);
    if (fits) expect(read).toMatchObject({ is: "game", facts: changed });
    else expect(read).toEqual({ is: "unknown" });
  };
  const numRuns = 1_000;
  fc.assert(
    fc.property(fitting.map(withoutMinusZero), fieldsOf(PLAIN), anything, (facts, field, value) =>
      check("plain", facts, { ...facts, [field]: afterJson(value) }, PLAIN[field], value),
    ),
    { numRuns },
  );
  fc.assert(
    fc.property(fitting.map(withoutMinusZero), fieldsOf(IDS), anything, (facts, source, value) => {
      const ids = { ...facts.ids, [source]: afterJson(value) };
      check("id", facts, { ...facts, ids }, IDS[source], value);
    }),
    { numRuns },
  );
  fc.assert(
    fc.property(fitting.map(withoutMinusZero), fieldsOf(LISTS), listText, (facts, field, value) => {
      const list = value === "" ? [] : typeof value === "string" ? value.split("\n") : value;
      check("list", facts, { ...facts, [field]: list }, LISTS[field], value);
    }),
    { numRuns },
  );
  expect(verdicts.size).toBe(6);
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
