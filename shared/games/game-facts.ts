/** What is known of a game, as every process tells it: bounded, plain text, whatever the sources sent. */
import * as v from "valibot";

export const GAME_SOURCES = ["igdb", "steam", "rawg"] as const;
export type GameSource = (typeof GAME_SOURCES)[number];

/** HIGH: two sources or more agree. MEDIUM: one source, and its title is the one that was asked for. */
export const CERTAINTIES = ["HIGH", "MEDIUM", "LOW"] as const;
export type Certainty = (typeof CERTAINTIES)[number];

export const NAME_MAX = 200;
export const SUMMARY_MAX = 1_000;
export const WORD_MAX = 100;
export const LIST_MAX = 12;
const FIRST_YEAR = 1950;
const LAST_YEAR = 2100;

const Name = v.pipe(v.string(), v.minLength(1), v.maxLength(NAME_MAX));
/** Of one line: lists are stored with line breaks between. */
const Word = v.pipe(v.string(), v.minLength(1), v.maxLength(WORD_MAX), v.excludes("\n"));
const Words = v.pipe(v.array(Word), v.maxLength(LIST_MAX));
export const Year = v.pipe(v.number(), v.integer(), v.minValue(FIRST_YEAR), v.maxValue(LAST_YEAR));
const Share = v.pipe(v.number(), v.minValue(0), v.maxValue(1));
const Id = v.pipe(v.number(), v.integer(), v.minValue(1));

/** What one source or several together say. */
const facts = {
  name: Name,
  year: v.optional(Year),
  isEarlyAccess: v.boolean(),
  developers: Words,
  publishers: Words,
  platforms: Words,
  genres: Words,
  summary: v.optional(v.pipe(v.string(), v.maxLength(SUMMARY_MAX))),
  /** 0 to 100. */
  metacritic: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(100))),
  /** 0 to 5. */
  rating: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(5))),
  playtimeHours: v.optional(v.pipe(v.number(), v.minValue(0))),
};

export const SourceFacts = v.object({ source: v.picklist(GAME_SOURCES), id: Id, ...facts });
export type SourceFacts = v.InferOutput<typeof SourceFacts>;

export const GameFacts = v.object({
  ...facts,
  ids: v.object({ igdb: v.optional(Id), steam: v.optional(Id), rawg: v.optional(Id) }),
  sources: v.pipe(v.array(v.picklist(GAME_SOURCES)), v.minLength(1), v.maxLength(GAME_SOURCES.length)),
  /** How sure it is that all this is about one game. */
  reliability: Share,
  certainty: v.picklist(CERTAINTIES),
});
export type GameFacts = v.InferOutput<typeof GameFacts>;

/** One of several games that a question may have meant. */
export const GameOption = v.object({ name: Name, year: v.optional(Year) });
export type GameOption = v.InferOutput<typeof GameOption>;
/** So many are offered at most. */
export const OPTIONS_MAX = 3;

/** Pure: one line of plain words, no longer than `max`. Sources send HTML, entities and line breaks. */
export function toPlainText(text: string, max: number): string {
  const plain = text
    .replace(/<[^>]{0,500}>/g, " ")
    .replace(/&(?:#(\d{1,6})|#x([0-9a-f]{1,5})|([a-z]{2,8}));/gi, (whole, decimal, hex, name) =>
      toCharacter(whole, decimal, hex, name),
    )
    .replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cs}\s]+/gu, " ")
    .trim();
  return plain.length <= max ? plain : withoutHalf(plain.slice(0, max)).trimEnd();
}

/** Pure: a list as `facts` takes it. */
export const toWords = (words: readonly string[]): string[] =>
  [...new Set(words.map((one) => toPlainText(one, WORD_MAX)).filter((one) => one !== ""))].slice(0, LIST_MAX);

/** Pure: a year that may be one. */
export const toYear = (year: number): number | undefined =>
  Number.isInteger(year) && year >= FIRST_YEAR && year <= LAST_YEAR ? year : undefined;

const ENTITIES: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
  nbsp: " ",
  reg: "",
  trade: "",
  copy: "",
  hellip: "…",
  rsquo: "’",
  ndash: "–",
  mdash: "—",
};
const CODE_POINT_MAX = 0x10ffff;

function toCharacter(whole: string, decimal?: string, hex?: string, name?: string): string {
  if (name !== undefined) return ENTITIES[name.toLowerCase()] ?? whole;
  const code = decimal === undefined ? Number.parseInt(hex ?? "", 16) : Number(decimal);
  return code <= CODE_POINT_MAX ? String.fromCodePoint(code) : "";
}

/** A cut may leave the first half of a character. */
const withoutHalf = (text: string): string => (/[\uD800-\uDBFF]$/.test(text) ? text.slice(0, -1) : text);
