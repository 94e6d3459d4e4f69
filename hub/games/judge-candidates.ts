/** Pure: which game was meant, of all that the sources found under a title. */
import type { GameOption } from "../../shared/games/game-facts.ts";
import { OPTIONS_MAX } from "../../shared/games/game-facts.ts";
import { toGameKey } from "../../shared/games/game-key.ts";
import type { Candidate } from "./sources/source.ts";
import { titleLikeness } from "./title-likeness.ts";

/** What a likeness is good for. */
export const LIKENESS = {
  /** Answered and remembered. */
  sure: 0.95,
  /** Answered, and remembered as what was meant. */
  good: 0.9,
  /** Answered; asked again soon. */
  fair: 0.85,
  least: 0.7,
} as const;
const CLOSE = { within: 0.05, least: 0.75 };
const SHORT_WORD_MAX = 5;
/** Known to so many times more people: the others of that name are not meant. */
const DOMINANT = 10;
const YEAR_SLACK = 1;

export interface Asked {
  readonly title: string;
  readonly year?: number | undefined;
}

export type Judged =
  | {
      readonly is: "match";
      readonly name: string;
      readonly year: number | undefined;
      readonly likeness: number;
      /** One of each source at most. */
      readonly members: readonly Candidate[];
    }
  | { readonly is: "several"; readonly options: readonly GameOption[] }
  | { readonly is: "nothing" };

interface Group {
  readonly name: string;
  readonly key: string;
  readonly year: number | undefined;
  readonly likeness: number;
  readonly members: readonly Candidate[];
  /** Over all groups' candidates, where the first one stood. */
  readonly rank: number;
}

/** `candidates`: each source's in its own order. */
export function judgeCandidates(asked: Asked, candidates: readonly Candidate[]): Judged {
  const groups = ofAskedYear(toGroups(asked, candidates), asked.year);
  const [best, second] = groups;
  if (!best || best.likeness < LIKENESS.least) return { is: "nothing" };
  const namesakes = groups.filter((one) => one.key === best.key);
  if (namesakes.length > 1 && !isDominant(best, namesakes)) return several(namesakes);
  const other = groups.find((one) => one.key !== best.key);
  if (other && isDoubtful(asked, best, other)) return several(groups);
  if (best.likeness < LIKENESS.fair && second) return several(groups);
  return { is: "match", ...best };
}

const several = (groups: readonly Group[]): Judged => ({
  is: "several",
  options: groups
    .filter(({ likeness }) => likeness >= LIKENESS.least)
    .slice(0, OPTIONS_MAX)
    .map(({ name, year }) => ({ name, ...(year !== undefined && { year }) })),
});

function isDoubtful({ title }: Asked, best: Group, other: Group): boolean {
  if (best.likeness >= LIKENESS.sure) return false;
  const isClose = best.likeness - other.likeness < CLOSE.within && other.likeness > CLOSE.least;
  const key = toGameKey(title);
  const isShort = !key.includes(" ") && key.length <= SHORT_WORD_MAX;
  return isClose || (isShort && other.likeness >= LIKENESS.fair);
}

function isDominant(best: Group, namesakes: readonly Group[]): boolean {
  return namesakes.every(
    (one) =>
      one === best ||
      best.members.some((mine) => {
        const theirs = one.members.find(({ source }) => source === mine.source);
        return (
          theirs !== undefined && (mine.popularity ?? 0) >= DOMINANT * Math.max(1, theirs.popularity ?? 0)
        );
      }),
  );
}

function ofAskedYear(groups: readonly Group[], year: number | undefined): readonly Group[] {
  if (year === undefined) return groups;
  const ofThatYear = groups.filter((one) => one.year === undefined || isNear(one.year, year));
  return ofThatYear.length > 0 ? ofThatYear : groups;
}

const isNear = (a: number, b: number): boolean => Math.abs(a - b) <= YEAR_SLACK;

/** One for each game: a name and a year. Candidates without a year may be any of their name; merging looks closer. */
function toGroups({ title }: Asked, candidates: readonly Candidate[]): readonly Group[] {
  const byKey = Map.groupBy(candidates, ({ name }) => toGameKey(name));
  const groups = [...byKey].flatMap(([key, ofName]) =>
    yearsOf(ofName).map((year): Group => {
      const members = firstOfEach(ofName.filter((one) => one.year === undefined || isSame(one.year, year)));
      const [first] = members;
      return {
        key,
        name: first?.name ?? title,
        year,
        likeness: Math.max(...ofName.map(({ name }) => titleLikeness(title, name))),
        members,
        rank: Math.min(...members.map((one) => candidates.indexOf(one))),
      };
    }),
  );
  return groups.toSorted(
    (a, b) =>
      b.likeness - a.likeness ||
      b.members.length - a.members.length ||
      popularityOf(b) - popularityOf(a) ||
      a.rank - b.rank,
  );
}

const isSame = (a: number, b: number | undefined): boolean => b !== undefined && isNear(a, b);
const popularityOf = ({ members }: Group): number =>
  Math.max(0, ...members.map(({ popularity }) => popularity ?? 0));

/** Years that lie side by side are one game's, in different countries. */
function yearsOf(candidates: readonly Candidate[]): readonly (number | undefined)[] {
  const years: number[] = [];
  for (const year of candidates.flatMap((one) => one.year ?? []).toSorted((a, b) => a - b))
    if (!isSame(year, years.at(-1))) years.push(year);
  return years.length > 0 ? years : [undefined];
}

function firstOfEach(candidates: readonly Candidate[]): readonly Candidate[] {
  return [...Map.groupBy(candidates, ({ source }) => source).values()].flatMap(([first]) => first ?? []);
}
