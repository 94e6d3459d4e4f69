/** By which name the crowd knows a query. Pure. */

/** Longer than any title somebody types in chat. */
export const CROWD_QUERY_MAX = 100;

/** Accents belong to the letter in other scripts than these: there they tell words apart. */
const ACCENTS = /(?<=[\p{Script=Latin}\p{Script=Greek}]\p{M}*)\p{M}/gu;
/** Baldurs Gate is Baldur's. */
const UNTYPED = /['’`´™®©]/g;
/** A plus is part of a name: N++ is not N. */
const BETWEEN_WORDS = /[^\p{L}\p{N}\p{M}+]+/gu;

/** Viewers type one name in many ways; case, accents, width and punctuation tell nothing. */
export function toCrowdKey(query: string): string {
  const plain = query
    .replace(UNTYPED, "")
    .normalize("NFKD")
    .toLowerCase()
    .replace(ACCENTS, "")
    .normalize("NFC");
  const words = plain.replace(BETWEEN_WORDS, " ").trim();
  // A name of punctuation alone (!?) is known by itself.
  return words === "" ? plain.trim() : words;
}
