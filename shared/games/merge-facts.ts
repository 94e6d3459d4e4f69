/** Pure: what several sources say of one game becomes one answer, field by field, from whoever knows it best. */
import { type GameFacts, type GameSource, LIST_MAX, type SourceFacts, toWords } from "./game-facts.ts";
import { toGameKey } from "./game-key.ts";

/** How much a source's word weighs. */
export const SOURCE_WEIGHTS: Readonly<Record<GameSource, number>> = { steam: 0.4, igdb: 0.35, rawg: 0.25 };

const ALIGNED_LEAST = 0.7;
const ALIGNMENT_WEIGHTS = { name: 0.5, year: 0.2, developer: 0.2, publisher: 0.1 };
/** Another year: an early access, a port, another country. */
const OTHER_YEAR = 0.5;
const YEAR_SLACK = 1;
const RELIABILITY = { agreed: 0.98, single: 0.95 };

const CATALOGUE: readonly GameSource[] = ["igdb", "steam", "rawg"];
const RATING: readonly GameSource[] = ["rawg", "steam", "igdb"];
const METACRITIC: readonly GameSource[] = ["steam", "rawg", "igdb"];
const SUMMARY_LEAST = 20;

export type Language = "french" | "english";
/** Steam speaks French; the others don't. */
const SUMMARY: Readonly<Record<Language, readonly GameSource[]>> = {
  french: ["steam", "igdb", "rawg"],
  english: ["igdb", "steam", "rawg"],
};

/**
 * `similarity`: how alike the title is to what was asked for, 0 to 1. Sources that speak of another game are left
 * out: the largest group that agrees is heard, or the one that knows most.
 */
export function mergeFacts(
  told: readonly [SourceFacts, ...SourceFacts[]],
  using: { readonly language: Language; readonly similarity: number },
): GameFacts {
  const { heard, alignment } = largestAgreement(told);
  const first = <T>(order: readonly GameSource[], pick: (facts: SourceFacts) => T | undefined) =>
    order
      .flatMap((source) => heard.find((one) => one.source === source) ?? [])
      .map(pick)
      .find(isSaid);
  const list = (pick: (facts: SourceFacts) => string[]) =>
    first(CATALOGUE, (facts) =>
      pick(facts).length > 0 ? toWords(pick(facts)).slice(0, LIST_MAX) : undefined,
    ) ?? [];
  const isAgreed = heard.length > 1;
  const summaries = SUMMARY[using.language];

  return {
    name: first(CATALOGUE, (facts) => facts.name) ?? told[0].name,
    ...optional(
      "year",
      first(CATALOGUE, (facts) => facts.year),
    ),
    isEarlyAccess: heard.some((facts) => facts.isEarlyAccess),
    developers: list((facts) => facts.developers),
    publishers: list((facts) => facts.publishers),
    platforms: list((facts) => facts.platforms),
    genres: list((facts) => facts.genres),
    ...optional(
      "summary",
      first(summaries, longEnough) ?? first(summaries, (facts) => facts.summary || undefined),
    ),
    ...optional(
      "metacritic",
      first(METACRITIC, (facts) => facts.metacritic),
    ),
    ...optional(
      "rating",
      first(RATING, (facts) => facts.rating || undefined),
    ),
    ...optional(
      "playtimeHours",
      first(["rawg"], (facts) => facts.playtimeHours || undefined),
    ),
    ids: Object.fromEntries(heard.map(({ source, id }) => [source, id])),
    sources: CATALOGUE.filter((source) => heard.some((one) => one.source === source)),
    reliability: round((isAgreed ? RELIABILITY.agreed : RELIABILITY.single) * alignment),
    certainty: isAgreed ? "HIGH" : using.similarity >= MEDIUM_LEAST ? "MEDIUM" : "LOW",
  };
}

const MEDIUM_LEAST = 0.9;

const longEnough = ({ summary }: SourceFacts) =>
  summary !== undefined && summary.length > SUMMARY_LEAST ? summary : undefined;
const isSaid = <T>(value: T | undefined): value is T => value !== undefined;
const optional = <K extends string, T>(key: K, value: T | undefined) =>
  (value === undefined ? {} : { [key]: value }) as { readonly [key in K]?: T };
const round = (share: number): number => Math.round(share * 1_000) / 1_000;

/** Each source as the anchor: those that tell of its game. The heaviest group wins, at a draw the one that knows most. */
function largestAgreement(told: readonly [SourceFacts, ...SourceFacts[]]) {
  const inOrder = told.toSorted((a, b) => CATALOGUE.indexOf(a.source) - CATALOGUE.indexOf(b.source));
  const groups = inOrder.map((anchor) => {
    const heard = inOrder
      .map((facts) => ({ facts, alignment: facts === anchor ? 1 : alignmentOf(anchor, facts) }))
      .filter(({ alignment }) => alignment >= ALIGNED_LEAST);
    const weight = heard.reduce((sum, { facts }) => sum + SOURCE_WEIGHTS[facts.source], 0);
    const aligned = heard.reduce((sum, one) => sum + SOURCE_WEIGHTS[one.facts.source] * one.alignment, 0);
    return {
      heard: heard.map(({ facts }) => facts),
      count: heard.length,
      weight,
      alignment: aligned / weight,
    };
  });
  // One source against another is decided by who knows most, not by who weighs most.
  const best = groups.toSorted((a, b) => (b.count > 1 || a.count > 1 ? b.weight - a.weight : 0))[0];
  return best ?? { heard: [told[0]], alignment: 1 };
}

/** What only one of the two knows says nothing. */
export function alignmentOf(a: SourceFacts, b: SourceFacts): number {
  const parts = [
    { weight: ALIGNMENT_WEIGHTS.name, share: shareOfWords(toGameKey(a.name), toGameKey(b.name)) },
    { weight: ALIGNMENT_WEIGHTS.year, share: yearShare(a.year, b.year) },
    { weight: ALIGNMENT_WEIGHTS.developer, share: listShare(a.developers, b.developers) },
    { weight: ALIGNMENT_WEIGHTS.publisher, share: listShare(a.publishers, b.publishers) },
  ].flatMap(({ weight, share }) => (share === undefined ? [] : [{ weight, share }]));
  const total = parts.reduce((sum, { weight }) => sum + weight, 0);
  return parts.reduce((sum, { weight, share }) => sum + weight * share, 0) / total;
}

function yearShare(a: number | undefined, b: number | undefined): number | undefined {
  if (a === undefined || b === undefined) return undefined;
  return Math.abs(a - b) <= YEAR_SLACK ? 1 : OTHER_YEAR;
}

function listShare(a: readonly string[], b: readonly string[]): number | undefined {
  if (a.length === 0 || b.length === 0) return undefined;
  const theirs = b.map(toGameKey);
  return a.map(toGameKey).some((one) => theirs.some((other) => other.includes(one) || one.includes(other)))
    ? 1
    : 0;
}

function shareOfWords(a: string, b: string): number {
  if (a === b) return 1;
  const mine = new Set(a.split(" "));
  const theirs = new Set(b.split(" "));
  const common = [...mine].filter((word) => theirs.has(word)).length;
  return common / (mine.size + theirs.size - common);
}
