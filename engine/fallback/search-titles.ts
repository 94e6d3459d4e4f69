/** The stages exact to edits of core/src/search, with the same points. Pure in the file. */
import type { Stage } from "../game-index.ts";
import {
  ID_BITS,
  ID_MASK,
  NAME_CANONICAL,
  NAME_EXTRA,
  NAME_KIND_SHIFT,
  NAME_RAW,
  PLACE_MASK,
} from "./format.ts";
import { hashBytes, NAME } from "./hash.ts";
import { cutBytes, type Name, toName } from "./normalise-title.ts";
import { digitsOf, isDoubtful } from "./other-word.ts";
import { probe, SLIPS_MAX, slipsBetween } from "./pass-join.ts";
import type { Titles } from "./titles.ts";

export interface Hit {
  readonly id: number;
  readonly points: number;
  /** For being well known. */
  readonly bonus: number;
  readonly stage: Stage;
  /** It resembles what was typed, and a word of it is another word. */
  readonly isDoubtful?: boolean;
}

const QUERY_BYTES_MAX = 128;
const FULL = 10_000;
const POINTS: Readonly<Partial<Record<Stage, number>>> = {
  exact: FULL,
  canonical: 9_800,
  alias: 9_700,
  "main-title": 9_500,
  acronym: 8_900,
};
const BONUS_PER_POPULARITY = 2;
const YEAR_FITS = 300;
const YEAR_DIFFERS = 1_500;
/** A short form of a game so well known stands above the full name of one that hardly anybody knows. */
const FAMOUS = 215;
const OBSCURE = 40;
const LIFT = 1_200;
const FIRST_LETTER_DIFFERS = 200;
const NUMBERS_DIFFER = 900;
const ONE_SLIP_FROM = 4;
const TWO_SLIPS_FROM = 6;

const encoder = new TextEncoder();
const rankOf = ({ points, bonus }: Hit): number => points + bonus;

/** The best first. */
export function searchTitles(titles: Titles, query: string): readonly Hit[] {
  const name = toName(cutBytes(query, QUERY_BYTES_MAX));
  if (name.raw === "") return [];
  const named = findNamed(titles, name);
  const isSettled = named.some(({ stage }) => stage !== "acronym");
  const hits = isSettled ? named : bestOfEach([...named, ...findEdited(titles, name)]);
  return hits.toSorted((a, b) => rankOf(b) - rankOf(a) || a.id - b.id);
}

function findNamed(titles: Titles, name: Name): readonly Hit[] {
  const hits = lookFor(titles, name.raw, "exact");
  // What was typed in full is meant: another form of it could only make us less sure.
  const isTyped = hits.some(({ stage }) => stage === "exact");
  if (!isTyped && name.canonical !== name.raw && name.canonical !== "")
    hits.push(...lookFor(titles, name.canonical, "canonical"));
  const once = bestOfEach(hits).map((hit) => weighYear(titles, hit, name.year));
  return keepSurest(titles, once);
}

function lookFor(titles: Titles, key: string, rawIs: Stage): Hit[] {
  const hits: Hit[] = [];
  const add = (id: number, stage: Stage) => {
    const bonus = titles.popularity(id) * BONUS_PER_POPULARITY;
    hits.push({ id, points: POINTS[stage] ?? 0, bonus, stage });
  };
  titles.lookUpName(hashBytes(NAME, encoder.encode(key)), (reference) => {
    const [kind, at] = [reference >>> NAME_KIND_SHIFT, reference & PLACE_MASK];
    const id = titles.idAt(at);
    if (kind === NAME_RAW && titles.rawKey(id) === key) add(id, rawIs);
    else if (kind === NAME_CANONICAL && titles.canonicalKey(id) === key) add(id, "canonical");
    else if (kind === NAME_EXTRA) {
      const extra = titles.extra(at);
      if (extra.key === key) add(extra.id, extra.stage);
    }
  });
  return hits;
}

function weighYear(titles: Titles, hit: Hit, asked: number | undefined): Hit {
  const year = titles.year(hit.id);
  if (asked === undefined || year === undefined) return hit;
  return year === asked
    ? { ...hit, bonus: hit.bonus + YEAR_FITS }
    : { ...hit, points: hit.points - YEAR_DIFFERS };
}

function keepSurest(titles: Titles, hits: readonly Hit[]): readonly Hit[] {
  const famous = ({ id, stage }: Hit) => stage === "acronym" && titles.popularity(id) >= FAMOUS;
  const areObscure = hits.every(({ id, stage }) => stage === "acronym" || titles.popularity(id) < OBSCURE);
  const hasFamous = areObscure && hits.some(famous);
  const lifted = hits.map((hit) => (hasFamous && famous(hit) ? { ...hit, bonus: hit.bonus + LIFT } : hit));
  const surest = (["exact", "canonical", "alias", "main-title"] as const).find((stage) =>
    hits.some((hit) => hit.stage === stage),
  );
  if (surest === undefined) return lifted;
  return lifted.filter(
    ({ stage }) => stage === surest || stage === "alias" || (hasFamous && stage === "acronym"),
  );
}

function findEdited(titles: Titles, name: Name): readonly Hit[] {
  return [...new Set([name.raw, name.canonical])].flatMap((key) =>
    lookNear(titles, key).map((hit) => ({ ...hit, isDoubtful: isDoubtful(name, titles.title(hit.id)) })),
  );
}

function lookNear(titles: Titles, key: string): readonly Hit[] {
  const length = [...key].length;
  if (length < ONE_SLIP_FROM) return [];
  const slipsMax = length >= TWO_SLIPS_FROM ? SLIPS_MAX : 1;
  const seen = new Set<number>();
  const hits: Hit[] = [];
  probe(key, slipsMax, (hash) => {
    titles.lookUpSegment(hash, (reference) => {
      if (seen.has(reference)) return;
      seen.add(reference);
      const isRaw = reference >>> ID_BITS === 0;
      const id = reference & ID_MASK;
      const other = isRaw ? titles.rawKey(id) : titles.canonicalKey(id);
      const slips = slipsBetween(key, other, slipsMax);
      if (slips === undefined) return;
      const bonus = Math.floor(titles.popularity(id) / 2) + (isRaw ? 1 : 0);
      hits.push({ id, points: pointsOf(slips, length, key, other), bonus, stage: "edits" });
    });
  });
  return hits;
}

function pointsOf(slips: number, length: number, typed: string, key: string): number {
  const differs = typed[0] === key[0] ? 0 : FIRST_LETTER_DIFFERS;
  const renumbered = digitsOf(typed) === digitsOf(key) ? 0 : NUMBERS_DIFFER;
  return Math.max(0, FULL - Math.floor((FULL * slips) / length) - differs - renumbered);
}

function bestOfEach(hits: readonly Hit[]): readonly Hit[] {
  const best = new Map<number, Hit>();
  for (const hit of hits) {
    const known = best.get(hit.id);
    if (known === undefined || rankOf(hit) > rankOf(known)) best.set(hit.id, hit);
  }
  return [...best.values()];
}
