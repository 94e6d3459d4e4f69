/** What people type for a title, by category and seed: each category gets a title wrong in one way. */
import { NUMERALS, toName } from "../engine/fallback/normalise-title.ts";
import type { SHORT_KINDS, Short } from "./engine-shorts.ts";
import { makeRandom, pick, type Titled } from "./engine-titles.ts";
import { mistype, type Typo } from "./engine-typos.ts";

export interface Query {
  readonly text: string;
  /** Raw keys of the titles that are right; none: the title is not in the index. */
  readonly right: ReadonlySet<string>;
}

export const CATEGORIES = [
  "exact",
  "alias",
  "roman",
  "main title",
  "typo",
  "order",
  "accents",
  "glued",
  "acronym",
  "derived",
  "absent",
] as const;
export type Category = (typeof CATEGORIES)[number];

/** Shorter titles are other titles after a slip or two. */
const TYPO_CHARACTERS_MIN = 7;
const POPULAR_COUNT = 3;
const TRIES_PER_QUERY = 400;

export interface QuerySource {
  readonly titles: readonly Titled[];
  /** Titles that were kept out of the index. */
  readonly absent: readonly string[];
  readonly shorts: readonly Short[];
}

export function makeQueries(
  source: QuerySource,
  perCategory: number,
  seed: number,
): ReadonlyMap<Category, readonly Query[]> {
  const keys = toKeys(source.titles);
  const random = makeRandom(seed);
  const popular = source.titles.filter(({ count }) => count >= POPULAR_COUNT);
  const half = () => pick(random() < 0.5 ? popular : source.titles, random)?.title ?? "";
  const any = () => pick(source.titles, random)?.title ?? "";
  const take = (next: () => Query | undefined) => collect(perCategory, next);
  const made = (from: () => string, change: (title: string) => string | undefined) =>
    take(() => {
      const title = from();
      const text = change(title);
      return text === undefined || isOther(text, title, keys) ? undefined : toQuery(text, title);
    });
  return new Map<Category, readonly Query[]>([
    ["exact", made(any, (title) => title)],
    ["alias", shortQueries(source.shorts, ["nickname", "localised"])],
    ["roman", made(any, swapNumerals)],
    ["main title", take(() => toMainTitle(any(), keys))],
    ["typo", made(half, (title) => mistypeTitle(title, random))],
    ["order", made(any, (title) => shuffleWords(title, random))],
    ["accents", made(any, dropAccents)],
    [
      "glued",
      made(any, (title) => (title.includes(" ") ? title.replaceAll(" ", "").toLowerCase() : undefined)),
    ],
    ["acronym", shortQueries(source.shorts, ["acronym"])],
    ["derived", shortQueries(source.shorts, ["acronym"]).filter(({ text }) => /^[a-z0-9 ]+$/i.test(text))],
    ["absent", take(() => toAbsent(pick(source.absent, random) ?? "", keys))],
  ]);
}

interface Keys {
  /** Raw and canonical keys → raw keys of the titles. */
  readonly names: ReadonlyMap<string, ReadonlySet<string>>;
  readonly heads: ReadonlyMap<string, ReadonlySet<string>>;
}

function toKeys(titles: readonly Titled[]): Keys {
  const names = new Map<string, Set<string>>();
  const heads = new Map<string, Set<string>>();
  const add = (to: Map<string, Set<string>>, key: string, raw: string) => {
    const known = to.get(key);
    if (known === undefined) to.set(key, new Set([raw]));
    else known.add(raw);
  };
  for (const { title } of titles) {
    const name = toName(title);
    add(names, name.raw, name.raw);
    add(names, name.canonical, name.raw);
    const head = headOf(title);
    if (head !== undefined) add(heads, toName(head).canonical, name.raw);
  }
  return { names, heads };
}

const headOf = (title: string): string | undefined => /^(.+?)(?:: | - | – | — ).+$/.exec(title)?.[1];

/** Typed so, it is the name of another game: whoever types it means that one. */
function isOther(text: string, title: string, { names }: Keys): boolean {
  const [typed, meant] = [toName(text), toName(title)];
  if (typed.raw === "" || typed.raw === meant.raw) return typed.raw === "";
  const known = [...(names.get(typed.raw) ?? []), ...(names.get(typed.canonical) ?? [])];
  return known.some((raw) => raw !== meant.raw);
}

const toQuery = (text: string, title: string): Query => ({ text, right: new Set([toName(title).raw]) });

function toMainTitle(title: string, keys: Keys): Query | undefined {
  const head = headOf(title);
  if (head === undefined) return undefined;
  const key = toName(head).canonical;
  const isTitle = keys.names.has(key) || keys.names.has(toName(head).raw);
  // Where several games share a main title, nobody can say which is meant.
  return isTitle || key.length < 3 || keys.heads.get(key)?.size !== 1 ? undefined : toQuery(head, title);
}

function toAbsent(title: string, keys: Keys): Query | undefined {
  const name = toName(title);
  const isKnown = [name.raw, name.canonical].some((key) => keys.names.has(key) || keys.heads.has(key));
  return isKnown ? undefined : { text: title, right: new Set() };
}

function swapNumerals(title: string): string | undefined {
  const words = title.split(" ");
  let isSwapped = false;
  const swapped = words.map((word, at) => {
    const other = at === 0 || isSwapped ? undefined : otherNumeral(word);
    if (other === undefined) return word;
    isSwapped = true;
    return other;
  });
  return isSwapped ? swapped.join(" ") : undefined;
}

const ROMAN = new Map([...NUMERALS].map(([numeral, digits]) => [digits, numeral.toUpperCase()]));

function otherNumeral(word: string): string | undefined {
  if (/^[IVX]+$/.test(word)) return NUMERALS.get(word.toLowerCase());
  return ROMAN.get(word);
}

function mistypeTitle(title: string, random: () => number): string | undefined {
  const text = title.toLowerCase();
  if (!/^[a-z0-9 :'.-]+$/.test(text) || text.replace(/[^a-z0-9]/g, "").length < TYPO_CHARACTERS_MIN)
    return undefined;
  const kinds: readonly Typo[] = ["neighbour", "doubled", "deleted", "swapped"];
  const slips = random() < 0.5 ? 1 : 2;
  let mistyped = text;
  for (let slip = 0; slip < slips; slip++)
    mistyped = mistype(mistyped, pick(kinds, random) ?? "deleted", random);
  return mistyped === text ? undefined : mistyped;
}

function shuffleWords(title: string, random: () => number): string | undefined {
  const words = title.split(" ").filter((word) => /[a-z0-9]/i.test(word));
  if (words.length < 3 || /[()[\]]/.test(title)) return undefined;
  const shuffled = words
    .map((word) => ({ word, by: random() }))
    .sort((a, b) => a.by - b.by)
    .map(({ word }) => word);
  return shuffled.join(" ") === words.join(" ") ? undefined : shuffled.join(" ");
}

function dropAccents(title: string): string | undefined {
  const plain = title.normalize("NFD").replace(/[\u0300-\u036f]/g, "");
  return plain === title ? undefined : plain;
}

function shortQueries(
  shorts: readonly Short[],
  kinds: readonly (typeof SHORT_KINDS)[number][],
): readonly Query[] {
  const byText = new Map<string, Set<string>>();
  for (const { text, kind, title } of shorts) {
    if (!kinds.includes(kind)) continue;
    const right = byText.get(text) ?? new Set();
    byText.set(text, right.add(toName(title).raw));
  }
  return [...byText].map(([text, right]) => ({ text: asReceived(text), right }));
}

/** A string of its own, as a line of chat gives one: a piece of a large file keeps the file's encoding, two bytes a letter. */
const asReceived = (text: string): string => Buffer.from(text).toString();

function collect(count: number, next: () => Query | undefined): readonly Query[] {
  const queries: Query[] = [];
  for (let tries = 0; queries.length < count && tries < count * TRIES_PER_QUERY; tries++) {
    const query = next();
    if (query !== undefined) queries.push({ ...query, text: asReceived(query.text) });
  }
  return queries;
}
