/**
 * An answer about a game as one text: a JSON array whose places have meanings, because names of fields and lists within
 * would take as long to parse as finding the row. It is checked as it is taken apart, to the verdict of the schema
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
  const developers = toWords(row[6]);
  const publishers = toWords(row[7]);
  const platforms = commonWords(row[8]);
  const genres = commonWords(row[9]);
  const sources = commonSources(row[17]);
  if (!developers || !publishers || !platforms || !genres || !sources) return undefined;
  const facts = {
    name: row[3],
    year: row[4] ?? undefined,
    isEarlyAccess: row[5],
    developers,
    publishers,
    platforms,
    genres,
    summary: row[10] ?? undefined,
    metacritic: row[11] ?? undefined,
    rating: row[12] ?? undefined,
    playtimeHours: row[13] ?? undefined,
    ids: { igdb: row[14] ?? undefined, steam: row[15] ?? undefined, rawg: row[16] ?? undefined },
    sources,
    reliability: row[18],
    certainty: row[19],
  };
  if (!areFitting(facts) || typeof key !== "string" || typeof freshUntil !== "number") return undefined;
  return { is: "game", key, facts, freshUntil };
}

type Lists = "developers" | "publishers" | "platforms" | "genres" | "sources";
type UncheckedIds = { readonly [Source in GameSource]?: unknown };
/** The lists are checked as they are taken apart. */
type Unchecked = {
  readonly [Field in keyof GameFacts]: Field extends Lists
    ? readonly GameFacts[Field][number][]
    : Field extends "ids"
      ? UncheckedIds
      : unknown;
};

/** Pure: what the schema says of all that is no list. */
function areFitting(facts: Unchecked): facts is GameFacts {
  const { ids, certainty } = facts;
  return (
    isText(facts.name, 1, NAME_MAX) &&
    (facts.year === undefined || (typeof facts.year === "number" && toYear(facts.year) !== undefined)) &&
    typeof facts.isEarlyAccess === "boolean" &&
    (facts.summary === undefined || isText(facts.summary, 0, SUMMARY_MAX)) &&
    (facts.metacritic === undefined || isWithin(facts.metacritic, METACRITIC_MAX)) &&
    (facts.rating === undefined || isWithin(facts.rating, RATING_MAX)) &&
    (facts.playtimeHours === undefined || isWithin(facts.playtimeHours, Number.POSITIVE_INFINITY)) &&
    isMaybeId(ids.igdb) &&
    isMaybeId(ids.steam) &&
    isMaybeId(ids.rawg) &&
    isWithin(facts.reliability, 1) &&
    CERTAINTIES.includes(certainty as Certainty)
  );
}

const isText = (value: unknown, min: number, max: number): boolean =>
  typeof value === "string" && value.length >= min && value.length <= max;

const isWithin = (value: unknown, max: number): boolean =>
  typeof value === "number" && value >= 0 && value <= max;

const isMaybeId = (value: unknown): boolean =>
  value === undefined || (typeof value === "number" && Number.isInteger(value) && value >= 1);

const NONE: readonly string[] = Object.freeze([]);

/** Pure. undefined: the schema would not have it. */
function toWords(text: unknown): readonly string[] | undefined {
  if (typeof text !== "string") return undefined;
  if (text === "") return NONE;
  if (!text.includes(BETWEEN)) return text.length <= WORD_MAX ? [text] : undefined;
  const words = text.split(BETWEEN);
  return words.length <= LIST_MAX && words.every(isWord) ? words : undefined;
}

const isWord = (word: string): boolean => word !== "" && word.length <= WORD_MAX;

function toSources(text: unknown): readonly GameSource[] | undefined {
  const words = toWords(text);
  if (!words || words.length === 0 || words.length > GAME_SOURCES.length) return undefined;
  return words.every(isSource) ? words.filter(isSource) : undefined;
}

const isSource = (word: string): word is GameSource => GAME_SOURCES.includes(word as GameSource);

/** Thousands of games share a few dozen lists of platforms and genres: each is taken apart and checked once. */
function remembering<Word>(take: (text: unknown) => readonly Word[] | undefined) {
  const known = new Map<unknown, readonly Word[]>();
  return (text: unknown): readonly Word[] | undefined => {
    const before = known.get(text);
    if (before) return before;
    const list = take(text);
    if (!list) return undefined;
    if (known.size === COMMON_LISTS_MAX) known.clear();
    known.set(text, Object.freeze(list));
    return list;
  };
}

const COMMON_LISTS_MAX = 500;
const commonWords = remembering(toWords);
const commonSources = remembering(toSources);
