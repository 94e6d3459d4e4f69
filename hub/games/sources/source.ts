/** The contract of a source of games: a file beside this one for each, every failure a returned one. */
import type { GameSource, SourceFacts } from "../../../shared/games/game-facts.ts";
import type { ServiceAnswer } from "../ask-service.ts";
import type { Patience } from "../guarded-caller.ts";

/** A game that a source found under a title. */
export interface Candidate {
  readonly source: GameSource;
  readonly id: number;
  readonly name: string;
  readonly year?: number | undefined;
  /** How many people know it there; only to be compared within one source. */
  readonly popularity?: number | undefined;
  /** Set by a source whose search tells everything. */
  readonly facts?: SourceFacts | undefined;
}

export interface Source {
  readonly name: GameSource;
  isResting(): boolean;
  /** The best first, as the source sees it; at most CANDIDATES_MAX. Never rejects. */
  search(title: string, patience: Patience): Promise<ServiceAnswer<readonly Candidate[]>>;
  /** undefined: it has no such game, or says nothing of it here. Never rejects. */
  details(id: number, patience: Patience): Promise<ServiceAnswer<SourceFacts | undefined>>;
}

export const CANDIDATES_MAX = 5;

/** Pure: "2016-05-12", "12 mai 2016", "Q4 2026" → the year; "Coming soon" has none. */
export function parseYear(text: string | null | undefined): number | undefined {
  const found = /\b((?:19|20)\d{2})\b/.exec(text ?? "")?.[1];
  return found === undefined ? undefined : Number(found);
}
