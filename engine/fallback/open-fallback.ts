/** The TypeScript engine over the same file: read into memory instead of mapped, without the stages after the edits. */
import type { GameMatch, LearntTitle } from "../game-index.ts";
import {
  CONFIDENT_MARGIN,
  CONFIDENT_POINTS,
  FULL_POINTS,
  MATCHES_MAX,
  type OpenedFile,
  type OpenFile,
} from "../open-engine.ts";
import { buildTitles, mergeEntries } from "./build-titles.ts";
import { FORMAT } from "./format.ts";
import { NORMALISER_VERSION, toName } from "./normalise-title.ts";
import { type Hit, searchTitles } from "./search-titles.ts";
import { readTitles, type Titles, toTitles } from "./titles.ts";

/** As the Rust engine counts what was learnt. */
const LEARNT_POPULARITY = 90;

export function openFallback(file: string): OpenedFile {
  const read = readTitles(file);
  return read.is === "failed" ? read : { is: "open", opened: makeOpenFile(read.titles) };
}

function makeOpenFile(base: Titles): OpenFile {
  let learnt: Titles | undefined;
  const search = (query: string, limit: number): readonly GameMatch[] => {
    const found = toRanked(base, searchTitles(base, query), 0);
    const more = learnt ? toRanked(learnt, searchTitles(learnt, query), base.header.titles) : [];
    return toMatches(withoutGuesses([...found, ...more]).toSorted((a, b) => b.rank - a.rank)).slice(0, limit);
  };
  return {
    engine: "typescript",
    find: (query) => search(query, 1)[0],
    search: (query, limit) => search(query, Math.max(0, Math.min(MATCHES_MAX, Math.trunc(limit)))),
    setLearnt(titles) {
      learnt = toLearntTitles(base, titles);
    },
    verify: () => base.verify(),
    facts: () => ({
      titles: base.header.titles,
      learnt: learnt?.header.titles ?? 0,
      bytes: base.bytes,
      format: FORMAT,
      normaliser: NORMALISER_VERSION,
      builtAt: base.header.builtAt,
      digest: base.header.digest.toString(16).padStart(8, "0"),
    }),
  };
}

function toLearntTitles(base: Titles, titles: readonly LearntTitle[]): Titles | undefined {
  const fresh = titles.filter(({ title }) => {
    const [best] = searchTitles(base, title);
    return best?.stage !== "exact" || base.rawKey(best.id) !== toName(title).raw;
  });
  if (fresh.length === 0) return undefined;
  const entries = fresh.map(({ title, year }) => ({
    title,
    year,
    popularity: LEARNT_POPULARITY,
    aliases: [],
  }));
  const read = toTitles(buildTitles(mergeEntries(entries), 0));
  return read.is === "read" ? read.titles : undefined;
}

interface Ranked {
  readonly rank: number;
  readonly hit: Hit;
  readonly id: number;
  readonly title: string;
  readonly year: number | undefined;
}

const toRanked = (titles: Titles, hits: readonly Hit[], first: number): readonly Ranked[] =>
  hits.slice(0, MATCHES_MAX).map((hit) => ({
    rank: hit.points + hit.bonus,
    hit,
    id: first + hit.id,
    title: titles.title(hit.id),
    year: titles.year(hit.id),
  }));

/** Where one file holds what was typed, slips that the other comes near by are no answer: so it would be in one file. */
const withoutGuesses = (ranked: readonly Ranked[]): readonly Ranked[] =>
  ranked.some(({ hit }) => hit.stage !== "edits" && hit.stage !== "acronym")
    ? ranked.filter(({ hit }) => hit.stage !== "edits")
    : ranked;

const toMatches = (ranked: readonly Ranked[]): readonly GameMatch[] =>
  ranked.map(({ rank, hit, id, title, year }, at) => {
    const margin = Math.min(FULL_POINTS, Math.max(0, rank - (ranked[at + 1]?.rank ?? 0)));
    return {
      id,
      title,
      ...(year !== undefined && { year }),
      score: hit.points / FULL_POINTS,
      margin: margin / FULL_POINTS,
      stage: hit.stage,
      // The others are what else could be meant.
      isConfident:
        at === 0 && !hit.isDoubtful && hit.points >= CONFIDENT_POINTS && margin >= CONFIDENT_MARGIN,
    };
  });
