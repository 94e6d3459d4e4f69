/** The rules of core/src/normalise.rs in TypeScript, held to the same vectors (vectors.json). */

export const NORMALISER_VERSION = 1;
const TEXT_BYTES_MAX = 512;
const YEAR_FIRST = 1950;
const YEAR_LAST = 2099;

export interface Name {
  /** All words without the spaces. */
  readonly raw: string;
  /** Without brackets and leading article, numerals as digits. */
  readonly canonical: string;
  /** The words of the canonical key. */
  readonly words: readonly string[];
  /** All words, spaced. */
  readonly spaced: string;
  /** In brackets. */
  readonly year: number | undefined;
}

interface Word {
  readonly text: string;
  readonly inBrackets: boolean;
}

/** Folded words with a space between: "the witcher iii", whatever the case, accents and punctuation. */
export const normaliseTitle = (text: string): string => toName(text).spaced;

export function toName(text: string): Name {
  const words = toWords(fold(cutBytes(text, TEXT_BYTES_MAX)));
  const kept = keepWords(words);
  const year = words.find(({ text: word, inBrackets }) => inBrackets && toYear(word) !== undefined);
  return {
    raw: words.map((word) => word.text).join(""),
    canonical: kept.join(""),
    words: kept,
    spaced: words.map((word) => word.text).join(" "),
    year: year === undefined ? undefined : toYear(year.text),
  };
}

const encoder = new TextEncoder();

/** At most so many bytes, ending between characters. */
export function cutBytes(text: string, bytesMax: number): string {
  // Three bytes at most for each unit of UTF-16.
  if (text.length * 3 <= bytesMax) return text;
  const { read } = encoder.encodeInto(text, new Uint8Array(bytesMax));
  return text.slice(0, read);
}

const SILENT = /[’‘ʼ´™®©]/g;
const ACCENTS = /[\u0300-\u036f]/g;
const LETTERS: Readonly<Record<string, string>> = {
  æ: "ae",
  œ: "oe",
  ß: "ss",
  þ: "th",
  ø: "o",
  đ: "d",
  ð: "d",
  ł: "l",
  ı: "i",
};
const LIGATURES = /[æœßþøđðłı]/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: the range of ASCII
const PLAIN = /^[\x00-\x7f]*$/;

function fold(text: string): string {
  const lower = text.toLowerCase();
  if (PLAIN.test(text)) return lower;
  return text
    .replace(SILENT, "")
    .toLowerCase()
    .normalize("NFKD")
    .replace(ACCENTS, "")
    .normalize("NFC")
    .replace(LIGATURES, (letter) => LETTERS[letter] ?? letter)
    .toLowerCase();
}

const PIECES = /[\p{Alphabetic}\p{N}]+|[^\p{Alphabetic}\p{N}]/gu;
const WORD = /^[\p{Alphabetic}\p{N}]/u;
const SPOKEN: Readonly<Record<string, string>> = { "&": "and", "+": "plus" };

function toWords(folded: string): readonly Word[] {
  const words: Word[] = [];
  let inBrackets = false;
  // An apostrophe parts nothing: "assassin's" is one word.
  for (const [piece] of folded.replace(/['`]/g, "").matchAll(PIECES)) {
    if (WORD.test(piece)) words.push({ text: piece, inBrackets });
    else if (SPOKEN[piece] !== undefined) words.push({ text: SPOKEN[piece], inBrackets });
    else if (piece === "(" || piece === "[") inBrackets = true;
    else if (piece === ")" || piece === "]") inBrackets = false;
  }
  return words;
}

function keepWords(words: readonly Word[]): readonly string[] {
  const outside = words.filter(({ inBrackets }) => !inBrackets);
  const picked = (outside.length > 0 ? outside : words).map(({ text }) => text);
  const isRun = (at: number) => isLetter(picked[at]) && isLetter(picked[at + 1]);
  const hasArticle = picked.length > 1 && isArticle(picked[0] ?? "") && !isRun(0);
  const first = hasArticle ? 1 : 0;
  const kept: string[] = [];
  for (let at = first; at < picked.length; at++) {
    const word = picked[at] ?? "";
    // "s t a l k e r" is one word: it goes on.
    if (at > first && isRun(at - 1)) kept.push(`${kept.pop() ?? ""}${word}`);
    else if (at === first || isRun(at)) kept.push(word);
    else kept.push(NUMERALS.get(word) ?? word);
  }
  return kept;
}

const isLetter = (word: string | undefined): boolean => word !== undefined && /^[a-z]$/.test(word);
export const isArticle = (word: string): boolean => word === "the" || word === "a" || word === "an";

function toYear(word: string): number | undefined {
  if (!/^[0-9]{4}$/.test(word)) return undefined;
  const year = Number(word);
  return year >= YEAR_FIRST && year <= YEAR_LAST ? year : undefined;
}

const ROMAN = "ii iii iv v vi vii viii ix x xi xii xiii xiv xv xvi xvii xviii xix xx".split(" ");
const ROMAN_FROM = 2;
/** Roman numerals from two to twenty, as digits. */
export const NUMERALS: ReadonlyMap<string, string> = new Map(
  ROMAN.map((numeral, at) => [numeral, String(at + ROMAN_FROM)]),
);
