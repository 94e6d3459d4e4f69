/** Pure: how alike two titles are, 0 to 1. What it prefers stands in the table beside it (title-likeness.test.ts). */
import { distance } from "fastest-levenshtein";
import { toGameKey } from "../../shared/games/game-key.ts";

export const EXACT = 1;
const CANONICAL = 0.98;
const GLUED = 0.97;
const MAIN_TITLE = 0.95;
/** For each word that the title has more. */
const SURPLUS_WORD = 0.001;
const WITHIN = { most: 0.9, surplusWord: 0.02, least: 0.75 };
const EDITS = { least: 0.8, most: 0.94 };
const NOT_THE_GAME = 0.06;

/** What is sold beside a game under its name. */
const EDITIONS: ReadonlySet<string> = new Set(
  "demo soundtrack ost dlc bundle pack playtest beta artbook wallpaper trailer edition".split(" "),
);
const ROMAN: Readonly<Record<string, string>> = {
  ii: "2",
  iii: "3",
  iv: "4",
  v: "5",
  vi: "6",
  vii: "7",
  viii: "8",
  ix: "9",
  x: "10",
  xi: "11",
  xii: "12",
  xiii: "13",
  xiv: "14",
  xv: "15",
  xvi: "16",
};
const ARTICLES: ReadonlySet<string> = new Set(["the", "a", "an", "le", "la", "les"]);

export function titleLikeness(query: string, title: string): number {
  const asked = toGameKey(query);
  const found = toGameKey(title);
  if (asked === "" || found === "") return 0;
  const unasked = found
    .split(" ")
    .filter((word) => EDITIONS.has(word) && !asked.split(" ").includes(word)).length;
  return Math.max(0, likeness(asked, found, title) - NOT_THE_GAME * unasked);
}

function likeness(asked: string, found: string, title: string): number {
  if (asked === found) return EXACT;
  const [canonicalAsked, canonicalFound] = [toCanonical(asked), toCanonical(found)];
  if (canonicalAsked === canonicalFound) return CANONICAL;
  const [gluedAsked, gluedFound] = [canonicalAsked, canonicalFound].map((key) => key.replaceAll(" ", ""));
  if (gluedAsked === gluedFound) return GLUED;
  const surplus = wordsOf(canonicalFound).length - wordsOf(canonicalAsked).length;
  const [head = ""] = title.split(/: | [-–—] /);
  if (toCanonical(toGameKey(head)) === canonicalAsked)
    return MAIN_TITLE - SURPLUS_WORD * Math.max(0, surplus);
  const longest = Math.max(canonicalAsked.length, canonicalFound.length);
  const edits = 1 - distance(canonicalAsked, canonicalFound) / longest;
  if (edits >= EDITS.least && hasSameNumbers(canonicalAsked, canonicalFound))
    return Math.min(EDITS.most, edits);
  return Math.max(wordLikeness(canonicalAsked, canonicalFound), numberBlind(edits));
}

/** Doom 2 is not Doom 3, though one letter is all there is between them. */
const hasSameNumbers = (a: string, b: string): boolean => numbersOf(a) === numbersOf(b);
const numbersOf = (key: string): string => (key.match(/\d+/g) ?? []).join(" ");
const OTHER_NUMBER = 0.75;
const numberBlind = (edits: number): number => edits * OTHER_NUMBER;

function wordLikeness(asked: string, found: string): number {
  const mine = wordsOf(asked);
  const theirs = new Set(wordsOf(found));
  const common = mine.filter((word) => theirs.has(word)).length;
  if (common === mine.length) {
    const surplus = theirs.size - mine.length;
    return Math.max(WITHIN.least, WITHIN.most - WITHIN.surplusWord * surplus);
  }
  return common / (mine.length + theirs.size - common);
}

const wordsOf = (key: string): string[] => key.split(" ");

function toCanonical(key: string): string {
  const [first = "", ...rest] = wordsOf(key);
  const words = rest.length > 0 && ARTICLES.has(first) ? rest : [first, ...rest];
  return words.map((word, at) => (at === 0 ? word : (ROMAN[word] ?? word))).join(" ");
}
