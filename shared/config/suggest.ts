import { closest, distance } from "fastest-levenshtein";

/** Up to a third of its letters mistyped, and one more. */
const mistakesMax = (word: string) => Math.floor(word.length / 3) + 1;

/** Among very many words one is soon a little like another. */
export const fewMistakes = (word: string) => Math.max(1, Math.floor(word.length / 4));

/** Pure: which of the known words was probably meant. */
export function findSimilar(
  word: string,
  known: readonly string[],
  mistakes: (word: string) => number = mistakesMax,
): string | undefined {
  if (known.length === 0) return undefined;
  const best = closest(word, known);
  return distance(word, best) <= mistakes(word) ? best : undefined;
}
