/**
 * An answer about a game as one text: a JSON array whose places have meanings, because names of fields and lists within
 * would take as long to parse as finding the row. It is checked as it is read, to the verdict of the schema
 * (`stored-answer.test.ts` compares the two), without the schema's cost.
 */
import * as v from "valibot";
import type { Millis } from "../shared/clock.ts";
import {
  CERTAINTIES,
  type Certainty,
  GAME_SOURCES,
  type GameFacts,
  GameOption,
  type GameSource,
  LIST_MAX,
  NAME_MAX,
  SUMMARY_MAX,
  toYear,
  WORD_MAX,
} from "../shared/games/game-facts.ts";

export interface StoredGame {
  readonly key: string;
  readonly facts: GameFacts;
  /** Wall time; past it, it should be asked anew. */
  readonly freshUntil: Millis;
}

export type StoredAnswer =
  | ({ readonly is: "game" } & StoredGame)
  | { readonly is: "several"; readonly options: readonly GameOption[] }
  | { readonly is: "nothing" }
  | { readonly is: "unknown" };

/** Which version of this text is stored: a change of it counts this up, and what was stored before is asked anew. */
export const ANSWER_SHAPE = 2;

/** No word of a list has one: see `Word` of the facts. */
const BETWEEN = "\n";
const METACRITIC_MAX = 100;
const RATING_MAX = 5;

export const writeOptions = (options: readonly GameOption[]): string => JSON.stringify(["several", options]);

export const writeGame = ({ key, facts, freshUntil }: StoredGame): string =>
  JSON.stringify([
    "game",
    key,
    freshUntil,
    facts.name,
    facts.year,
    facts.isEarlyAccess,
    facts.developers.join(BETWEEN),
    facts.publishers.join(BETWEEN),
    facts.platforms.join(BETWEEN),
    facts.genres.join(BETWEEN),
    facts.summary,
    facts.metacritic,
    facts.rating,
    facts.playtimeHours,
    facts.ids.igdb,
    facts.ids.steam,
    facts.ids.rawg,
    facts.sources.join(BETWEEN),
    facts.reliability,
    facts.certainty,
  ]);

const UNKNOWN: StoredAnswer = { is: "unknown" };
const Options = v.array(GameOption);

/** Pure. What is not an answer of this version is unknown. */
export function readAnswer(text: string): StoredAnswer {
  const row = parseRow(text);
  if (row?.[0] === "game") return readGame(row) ?? UNKNOWN;
  const options = row?.[0] === "several" ? v.safeParse(Options, row[1]) : undefined;
  return options?.success ? { is: "several", options: options.output } : UNKNOWN;
}

function parseRow(text: string): readonly unknown[] | undefined {
  try {
    const row: unknown = JSON.parse(text);
    return Array.isArray(row) ? row : undefined;
  } catch {
    return undefined;
  }
}

/** Place by place, as they are written above; `null` is what is not known. */
function readGame(row: readonly unknown[]): StoredAnswer | undefined {
  const [key, freshUntil] = [row[1], row[2]];
  const facts: Unchecked = {
    name: row[3],
    year: row[4] ?? undefined,
    isEarlyAccess: row[5],
    developers: toList(row[6]),
    publishers: toList(row[7]),
    platforms: toCommonList(row[8]),
    genres: toCommonList(row[9]),
    summary: row[10] ?? undefined,
    metacritic: row[11] ?? undefined,
    rating: row[12] ?? undefined,
    playtimeHours: row[13] ?? undefined,
    ids: { igdb: row[14] ?? undefined, steam: row[15] ?? undefined, rawg: row[16] ?? undefined },
    sources: toCommonList(row[17]),
    reliability: row[18],
    certainty: row[19],
  };
  if (!isFacts(facts) || typeof key !== "string" || typeof freshUntil !== "number") return undefined;
  return { is: "game", key, facts, freshUntil };
}

const NONE: readonly string[] = Object.freeze([]);

function toList(text: unknown): readonly string[] | undefined {
  if (typeof text !== "string") return undefined;
  if (text === "") return NONE;
  return text.includes(BETWEEN) ? text.split(BETWEEN) : [text];
}

/** Thousands of games share a few dozen lists of platforms and genres: each is taken apart once. */
const commonLists = new Map<string, readonly string[]>();
const COMMON_LISTS_MAX = 500;

function toCommonList(text: unknown): readonly string[] | undefined {
  if (typeof text !== "string") return undefined;
  const known = commonLists.get(text);
  if (known) return known;
  const list = Object.freeze(toList(text));
  if (commonLists.size === COMMON_LISTS_MAX) commonLists.clear();
  if (list) commonLists.set(text, list);
  return list;
}

type Unchecked = { readonly [Field in keyof GameFacts]: Field extends "ids" ? UncheckedIds : unknown };
type UncheckedIds = { readonly [Source in GameSource]?: unknown };

/** Pure: what the schema of the facts says. */
export function isFacts(facts: Unchecked): facts is GameFacts {
  return (
    isText(facts.name, 1, NAME_MAX) &&
    (facts.year === undefined || (typeof facts.year === "number" && toYear(facts.year) !== undefined)) &&
    typeof facts.isEarlyAccess === "boolean" &&
    areWords(facts.developers) &&
    areWords(facts.publishers) &&
    areWords(facts.platforms) &&
    areWords(facts.genres) &&
    (facts.summary === undefined || isText(facts.summary, 0, SUMMARY_MAX)) &&
    (facts.metacritic === undefined || isWithin(facts.metacritic, METACRITIC_MAX)) &&
    (facts.rating === undefined || isWithin(facts.rating, RATING_MAX)) &&
    (facts.playtimeHours === undefined || isWithin(facts.playtimeHours, Number.POSITIVE_INFINITY)) &&
    isMaybeId(facts.ids.igdb) &&
    isMaybeId(facts.ids.steam) &&
    isMaybeId(facts.ids.rawg) &&
    areSources(facts.sources) &&
    isWithin(facts.reliability, 1) &&
    CERTAINTIES.includes(facts.certainty as Certainty)
  );
}

const isText = (value: unknown, min: number, max: number): boolean =>
  typeof value === "string" && value.length >= min && value.length <= max;

const isWithin = (value: unknown, max: number): boolean =>
  typeof value === "number" && value >= 0 && value <= max;

const isMaybeId = (value: unknown): boolean =>
  value === undefined || (typeof value === "number" && Number.isInteger(value) && value >= 1);

/** Loops, not closures: this is half of what a look-up takes. */
function areWords(value: unknown): boolean {
  if (!Array.isArray(value) || value.length > LIST_MAX) return false;
  for (const one of value) if (!isWord(one)) return false;
  return true;
}

const isWord = (value: unknown): boolean =>
  typeof value === "string" && value !== "" && value.length <= WORD_MAX && !value.includes(BETWEEN);

function areSources(value: unknown): boolean {
  if (!Array.isArray(value) || value.length === 0 || value.length > GAME_SOURCES.length) return false;
  for (const one of value) if (!GAME_SOURCES.includes(one)) return false;
  return true;
}
