/**
 * Under which name a game or a question is remembered: what people vary without meaning another game is taken
 * away. Written into the database: a change here forgets what was stored under the old keys.
 */
const KEY_MAX = 120;

/** Pure: "The Witcher® 3 – Wild Hunt" → "the witcher 3 wild hunt"; empty when nothing is left. */
export function toGameKey(text: string): string {
  return [...plain(text)].slice(0, KEY_MAX).join("").trim();
}

const plain = (text: string): string =>
  text
    // Before the marks of trade become letters: ™ is TM in another form.
    .replace(/['’`´™®©]/gu, "")
    .normalize("NFKD")
    .replace(/\p{Mn}/gu, "")
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[&+]/g, (sign) => (sign === "&" ? " and " : " plus "))
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim();

/** Games of one name are told apart by the year; of most there is one, and the year is not known for all. */
export const toYearKey = (key: string, year: number | undefined): string =>
  year === undefined ? key : `${key} (${year})`;

/** A category of Twitch's, under its own id. Has a character that no other key has. */
export const toCategoryKey = (categoryId: string): string => `twitch:${categoryId.slice(0, 30)}`;

const TITLE_WITH_YEAR = /^(.*\S)\s*\((\d{4})\)\s*$/;

/** Pure: "Prey (2017)" asks for the game of that year. */
export function parseTitle(text: string): { readonly title: string; readonly year: number | undefined } {
  const [, title, year] = TITLE_WITH_YEAR.exec(text) ?? [];
  return title === undefined ? { title: text.trim(), year: undefined } : { title, year: Number(year) };
}
