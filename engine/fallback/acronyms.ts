/** Short forms that follow from a title by the rules of core/src/acronyms.rs. Pure. */
import { isArticle, NUMERALS, toName } from "./normalise-title.ts";

const LENGTH_MIN = 2;
const LENGTH_MAX = 8;
const CLIPPED_FROM = 5;
const CLIPPED_LETTERS_MAX = 4;
const SMALL_WORDS = new Set("the a an of and in to for at on from with s".split(" "));
const PART_WORDS = new Set("part episode chapter volume vol act".split(" "));
const LICENCES = ["Star Wars ", "Marvel's ", "Tom Clancy's ", "Sid Meier's ", "EA Sports "];
const SEPARATORS = [": ", " - ", " – ", " — "];

/** Head and subtitle, where there is one. */
export function splitTitle(title: string): readonly [head: string, subtitle: string] | undefined {
  const places = SEPARATORS.map((separator) => ({ separator, at: title.indexOf(separator) })).filter(
    ({ at }) => at >= 0,
  );
  const first = places.sort((a, b) => a.at - b.at)[0];
  if (first === undefined) return undefined;
  const [head, subtitle] = [title.slice(0, first.at), title.slice(first.at + first.separator.length)];
  return head.trim() === "" || subtitle.trim() === "" ? undefined : [head, subtitle];
}

export function deriveAcronyms(title: string): readonly string[] {
  const parts = splitTitle(title);
  const forms = formsOf(title);
  if (parts) forms.push(...formsOf(parts[1]), ...formsOf(parts[0]), ...withSubtitle(...parts));
  const typable = forms.filter(
    (form) =>
      form.length >= LENGTH_MIN &&
      form.length <= LENGTH_MAX &&
      /^[a-z0-9]+$/.test(form) &&
      /[a-z]/.test(form),
  );
  return [...new Set(typable)].sort();
}

const wordsOf = (text: string): readonly string[] => toName(text).spaced.split(" ").filter(Boolean);
const isNumber = (word: string): boolean => /^[0-9]+$/.test(word);

function formsOf(part: string): string[] {
  const words = wordsOf(part);
  const forms = clippedForms(words);
  if (words.length < 2) return forms;
  for (const numbers of ["digits", "letters"] as const) {
    for (const leftOut of ["nothing", "parts", "small"] as const)
      forms.push(initials(words, leftOut, numbers));
    if (isArticle(words[0] ?? "")) forms.push(initials(words.slice(1), "parts", numbers));
  }
  if (!words.slice(1).some((word) => isNumber(word) || NUMERALS.has(word)))
    forms.push(`${initials(words, "small", "digits")}1`);
  for (const licence of LICENCES) {
    const rest = part.startsWith(licence) ? part.slice(licence.length) : "";
    if (rest.includes(" ")) forms.push(initials(wordsOf(rest), "small", "digits"));
  }
  const cut = wordsOf(part.replace(/(\p{Ll})(\p{Lu})/gu, "$1 $2"));
  if (cut.length !== words.length) forms.push(initials(cut, "small", "digits"));
  return forms;
}

function clippedForms([word = "", second, ...more]: readonly string[]): string[] {
  if (more.length > 0 || word.length < CLIPPED_FROM || !/^[a-z0-9]+$/.test(word)) return [];
  const number =
    second === undefined ? "1" : (NUMERALS.get(second) ?? (isNumber(second) ? second : undefined));
  if (number === undefined) return [];
  const clips = Array.from({ length: CLIPPED_LETTERS_MAX }, (_, at) => word.slice(0, at + 1));
  return [...clips.map((clip) => `${clip}${number}`), ...(second === undefined ? clips.slice(1) : [])];
}

function withSubtitle(head: string, subtitle: string): readonly string[] {
  const short = initials(wordsOf(head), "small", "digits");
  const words = wordsOf(subtitle);
  const [only, ...rest] = words;
  const forms = only !== undefined && rest.length === 0 ? [short + only, short + [...only][0]] : [];
  const small = initials(words, "small", "digits");
  forms.push(short + small);
  const heads = wordsOf(head);
  if (heads.length === 1 && (heads[0]?.length ?? 0) >= 2) forms.push(`${heads[0]?.slice(0, 2)}${small}`);
  return forms;
}

function initials(
  words: readonly string[],
  leftOut: "nothing" | "parts" | "small",
  numbers: "digits" | "letters",
): string {
  return words
    .map((word, at) => {
      if (leftOut !== "nothing" && PART_WORDS.has(word)) return "";
      if (leftOut === "small" && SMALL_WORDS.has(word)) return "";
      const digits = at > 0 ? NUMERALS.get(word) : undefined;
      if (digits !== undefined) return numbers === "digits" ? digits : word;
      return isNumber(word) ? word : ([...word][0] ?? "");
    })
    .join("");
}
