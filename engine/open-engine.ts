/** What each of the two engines gives: one open file, searched with what was learnt beside it. */
import type { EngineName, GameMatch, IndexFailure, LearntTitle } from "./game-index.ts";

export interface FileFacts {
  readonly titles: number;
  readonly learnt: number;
  readonly bytes: number;
  readonly format: string;
  readonly normaliser: number;
  readonly builtAt: number;
  readonly digest: string;
}

export interface OpenFile {
  readonly engine: EngineName;
  find(query: string): GameMatch | undefined;
  search(query: string, limit: number): readonly GameMatch[];
  /** All that was learnt, each time. */
  setLearnt(titles: readonly LearntTitle[]): void;
  /** The file against its sums, all of it: what is wrong. */
  verify(): string | undefined;
  facts(): FileFacts;
}

export type OpenedFile =
  | { readonly is: "open"; readonly opened: OpenFile }
  | { readonly is: "failed"; readonly code: IndexFailure; readonly problem: string };

/** "you may choose among so many" is as far as anybody asks. */
export const MATCHES_MAX = 32;
/** The original's rule: so good, and so far ahead of the next. */
export const CONFIDENT_POINTS = 9_000;
export const CONFIDENT_MARGIN = 500;
export const FULL_POINTS = 10_000;
