/** One searcher, one list of queries: how long, and how often right. */
// The global of that name is looked up anew by each call, within the time that is measured.
import { performance } from "node:perf_hooks";
import { percentile } from "../cli/trial/percentile.ts";
import { toName } from "../engine/fallback/normalise-title.ts";
import type { Query } from "./engine-queries.ts";

export interface Searcher {
  readonly name: string;
  /** The title that stands first. */
  find(query: string): { readonly title: string; readonly isConfident?: boolean } | undefined;
}

export interface Figures {
  readonly queries: number;
  /** Microseconds of each query, in order. */
  readonly micros: readonly number[];
  readonly right: number;
  /** Sure of itself, and wrong. */
  readonly wronglySure: number;
  readonly sure: number;
  readonly misses: readonly {
    readonly typed: string;
    readonly got: string;
    readonly wanted: string;
    readonly isSure: boolean;
  }[];
}

const MISSES_KEPT = 600;

export function measure(searcher: Searcher, queries: readonly Query[]): Figures {
  const answers = queries.map(({ text }) => {
    const startedAt = performance.now();
    const found = searcher.find(text);
    return { found, micros: (performance.now() - startedAt) * 1_000 };
  });
  let [right, wronglySure, sure] = [0, 0, 0];
  const misses: Figures["misses"][number][] = [];
  for (const [at, { found }] of answers.entries()) {
    const query = queries[at];
    if (query === undefined) continue;
    const isRight = found === undefined ? query.right.size === 0 : query.right.has(toName(found.title).raw);
    if (isRight) right++;
    if (found?.isConfident) sure++;
    if (found?.isConfident && !isRight) wronglySure++;
    if (!isRight && misses.length < MISSES_KEPT) {
      misses.push({
        typed: query.text,
        got: found?.title ?? "nothing",
        wanted: [...query.right].join(" | "),
        isSure: found?.isConfident ?? false,
      });
    }
  }
  return {
    queries: queries.length,
    micros: answers.map(({ micros }) => micros),
    right,
    wronglySure,
    sure,
    misses,
  };
}

export const median = (micros: readonly number[]): number | undefined => percentile(micros, 0.5);
export const share = (part: number, of: number): number | undefined =>
  of === 0 ? undefined : (100 * part) / of;
