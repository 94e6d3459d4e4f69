/**
 * What the engine answers with. Types only: importing this file loads nothing. The engine itself is `index.ts`.
 */

/** How a title was found; the earlier, the surer. */
export const STAGES = [
  "exact",
  "canonical",
  "alias",
  "main-title",
  "words",
  "acronym",
  "edits",
  "tokens",
] as const;
export type Stage = (typeof STAGES)[number];

export interface GameMatch {
  /** Within this index as it is open now: another file, or titles learnt since, number anew. Never store it. */
  readonly id: number;
  readonly title: string;
  readonly year?: number;
  /** 0 to 1. */
  readonly score: number;
  /**
   * How far ahead of the next, renown counted: of `search` the next in the list, of `find` the next that was looked at,
   * which ends as soon as it is sure. Without a next it is the whole way to nothing.
   */
  readonly margin: number;
  readonly stage: Stage;
  /** Sure enough to answer with it; else it is a "did you mean". */
  readonly isConfident: boolean;
}

export interface LearntTitle {
  readonly title: string;
  readonly year?: number;
}

export type EngineName = "rust" | "typescript";

export interface IndexInfo {
  readonly file: string;
  readonly engine: EngineName;
  readonly titles: number;
  /** Of the file beside it: titles learnt since it was built. */
  readonly learnt: number;
  readonly bytes: number;
  readonly format: string;
  readonly normaliser: number;
  /** Milliseconds since the epoch. */
  readonly builtAt: number;
  /** Of the titles it was built from. */
  readonly digest: string;
  /** What went wrong since it was opened: the file is bad, or what was learnt could not be put into it. */
  readonly problem?: string;
}

export type IndexFailure = "missing" | "foreign" | "outdated" | "corrupt";

export type OpenedIndex =
  | { readonly is: "open"; readonly index: GameIndex }
  | { readonly is: "failed"; readonly code: IndexFailure; readonly problem: string };

export type Refreshed =
  | { readonly is: "unchanged" | "reopened" | "learnt" }
  | { readonly is: "failed"; readonly code: IndexFailure; readonly problem: string };

/** One open file and what was learnt since. Belongs to one process; calls are synchronous and take microseconds. */
export interface GameIndex {
  readonly engine: EngineName;
  /** The best, or nothing. Of a query longer than 128 bytes the rest is not looked at. */
  find(query: string): GameMatch | undefined;
  /** The best first. */
  search(query: string, limit: number): readonly GameMatch[];
  /** Searched from now on, and written beside the file, where other processes find them at their next `refresh`. */
  learn(titles: readonly LearntTitle[]): void;
  /** Looks whether the file was replaced or titles were learnt elsewhere: two stats; call it every few seconds. */
  refresh(): Refreshed;
  info(): IndexInfo;
  /** The whole file against its sums: what is wrong with it. Reads it all; for `info` and `doctor`. */
  verify(): string | undefined;
  /** Resolves when nothing is being written any more. */
  settled(): Promise<void>;
  close(): void;
}

export interface EngineStatus {
  readonly engine: EngineName;
  /** Why it is not the Rust one. */
  readonly problem?: string;
}
