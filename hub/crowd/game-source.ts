/**
 * Games as a domain of the crowd's knowledge: what the look-up answers to the words as they stand, and beside that the
 * titles that the engine finds near them. Facts come from the look-up, so `!gi` has them at hand afterwards.
 */
import type { Clock, Millis } from "../../shared/clock.ts";
import { type Candidate, toFew } from "../../shared/crowd/candidate.ts";
import { toCrowdKey } from "../../shared/crowd/crowd-key.ts";
import { STATES_MAX } from "../../shared/crowd/superposition.ts";
import type { GameFacts } from "../../shared/games/game-facts.ts";
import type { GameEnd, GameWanted } from "../../shared/ipc/game-words.ts";
import type { DomainSource, Searched } from "./domain-source.ts";

export interface NearTitle {
  readonly title: string;
  readonly year?: number | undefined;
  /** 0 to 1. */
  readonly score: number;
}

/** Whoever asked in chat waits for all of it. */
const WITHIN_MS: Millis = 6_000;
/** Less like what was typed, and it is only noise in the list. */
const SCORE_LEAST = 0.6;
const INDEX_SOURCE = "index";

export function makeGameSource(using: {
  readonly find: (wanted: GameWanted) => Promise<GameEnd>;
  /** The likeliest first; empty without an engine. */
  readonly near: (query: string, limit: number) => Promise<readonly NearTitle[]>;
  readonly clock: Clock;
}): DomainSource {
  const { find, near, clock } = using;

  const within = <T>(asked: Promise<T>, until: Millis): Promise<T | undefined> =>
    new Promise((resolve) => {
      const cancel = clock.after(Math.max(0, until - clock.now()), () => resolve(undefined));
      void asked
        .then(resolve)
        .catch(() => resolve(undefined))
        .finally(cancel);
    });
  const look = async (name: NearTitle, until: Millis): Promise<Candidate> => {
    const { title, year } = name;
    const end = await within(find({ by: "title", title, ...(year !== undefined && { year }) }), until);
    const isIt = end?.is === "found" && isSameGame(end.facts, name);
    return isIt ? toCandidate(end.facts) : toBareCandidate(name);
  };

  return {
    async search(query): Promise<Searched> {
      const until = clock.now() + WITHIN_MS;
      const [end, titles] = await Promise.all([
        within(find({ by: "title", title: query }), until),
        near(query, STATES_MAX),
      ]);
      const meant = end?.is === "found" ? [toCandidate(end.facts)] : [];
      const told =
        end?.is === "several" ? end.options.map(({ name, year }) => ({ title: name, year, score: 1 })) : [];
      const names = [...told, ...titles.filter(({ score }) => score >= SCORE_LEAST)];
      const others = withoutRepeats(names, meant).slice(0, STATES_MAX - meant.length);
      const looked = await Promise.all(others.map((name) => look(name, until)));
      const candidates = [...new Map([...meant, ...looked].map((one) => [one.identity, one])).values()];
      if (candidates.length === 0 && end?.is !== "nothing") return { is: "away", because: "away" };
      return { is: "found", candidates };
    },
  };
}

const identityOf = (title: string, year: number | undefined) => `${toCrowdKey(title)}|${year ?? ""}`;

/** A title without a year is that of any year. */
function withoutRepeats(names: readonly NearTitle[], known: readonly Candidate[]): readonly NearTitle[] {
  const isKnown = (name: NearTitle, others: readonly { title: string; year?: number | undefined }[]) =>
    others.some(
      ({ title, year }) =>
        toCrowdKey(title) === toCrowdKey(name.title) &&
        (year === undefined || name.year === undefined || year === name.year),
    );
  return names.filter((name, at) => !isKnown(name, known) && !isKnown(name, names.slice(0, at)));
}

const isSameGame = (facts: GameFacts, { title }: NearTitle) => toCrowdKey(facts.name) === toCrowdKey(title);

/** Pure. */
function toCandidate(facts: GameFacts): Candidate {
  const { name, year, sources, genres, metacritic, rating } = facts;
  return {
    identity: identityOf(name, year),
    title: name,
    ...(year !== undefined && { year }),
    sources: [...sources],
    witnesses: sources.length,
    genres: toFew(genres.map((genre) => genre.toLowerCase())),
    ...(metacritic !== undefined && { criticScore: metacritic }),
    ...(rating !== undefined && { rating }),
  };
}

/** Known by its name only. */
const toBareCandidate = ({ title, year }: NearTitle): Candidate => ({
  identity: identityOf(title, year),
  title: title.slice(0, 200),
  ...(year !== undefined && { year }),
  sources: [INDEX_SOURCE],
  witnesses: 1,
  genres: [],
});
