/** Pure: core/src/search/edits.rs tells another word from a slip by the same rules. */
import { type Name, toName } from "./normalise-title.ts";
import { SLIPS_MAX, slipsBetween } from "./pass-join.ts";

/** What resembles the title may be another title: another number, or another word. */
export function isDoubtful(typed: Name, title: string): boolean {
  const name = toName(title);
  return digitsOf(typed.canonical) !== digitsOf(name.canonical) || hasOtherWord(typed.words, name.words);
}

export const digitsOf = (text: string): string => text.replace(/[^0-9]/g, "");

function hasOtherWord(typed: readonly string[], title: readonly string[]): boolean {
  if (typed.length < title.length) return isWithoutAWord(typed, title);
  if (typed.length > title.length) return isWithoutAWord(title, typed);
  return typed.some((word, at) => word !== title[at] && isOtherWord(word, title[at] ?? ""));
}

/** "SF" for "TK", "F016" for "B016": half the word, or what looks like a code. */
function isOtherWord(one: string, other: string): boolean {
  const slips = slipsBetween(one, other, SLIPS_MAX);
  // The words differ in place: a space was lost, and another one came.
  if (slips === undefined) return false;
  const longer = Math.max([...one].length, [...other].length);
  return (slips === SLIPS_MAX && slips * 2 >= longer) || digitsOf(one + other) !== "";
}

/** The longer, but for one word, is the shorter. */
function isWithoutAWord(shorter: readonly string[], longer: readonly string[]): boolean {
  if (longer.length !== shorter.length + 1) return false;
  const differs = longer.findIndex((word, at) => word !== shorter[at]);
  return longer.toSpliced(differs, 1).every((word, at) => word === shorter[at]);
}
