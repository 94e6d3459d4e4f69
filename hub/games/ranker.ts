/**
 * An external ranker with DRAKON's interface, asked in which order names fit a query. Promises: the answer is the
 * names that were given, each once, whatever the ranker says; a ranker that fails, is late or talks nonsense changes
 * nothing, and is left in peace for a while after some failures in a row.
 */
import { ConsecutiveBreaker, circuitBreaker, handleWhenResult } from "cockatiel";
import type { Clock, Millis } from "../../shared/clock.ts";
import type { RankerPapers } from "../../shared/games/ranker-words.ts";
import type { Logger } from "../../shared/log.ts";
import { askJson, type Fetch } from "../ask-json.ts";
import { parseRanking } from "./parse-ranking.ts";

export interface Ranker {
  /** Positions in `names`, the best first. Never rejects. */
  rank(query: string, names: readonly string[]): Promise<readonly number[]>;
}

const BYTES_MAX = 64_000;
const FAILURES_MAX = 3;
export const RANKER_REST_MS: Millis = 30_000;
const OK = 200;

const asTheyAre = (names: readonly string[]): readonly number[] => names.map((_, at) => at);

/** Where none is configured. */
export const noRanker: Ranker = { rank: async (_query, names) => asTheyAre(names) };

export function makeRanker(using: {
  readonly papers: RankerPapers;
  readonly fetch: Fetch;
  readonly clock: Clock;
  readonly log: Logger;
  readonly restMs?: Millis;
}): Ranker {
  const { papers, clock, log } = using;
  const breaker = circuitBreaker(
    handleWhenResult((ranked) => ranked === undefined),
    { breaker: new ConsecutiveBreaker(FAILURES_MAX), halfOpenAfter: using.restMs ?? RANKER_REST_MS },
  );
  breaker.onBreak(() => log.warn("the ranker fails and is not asked for a while"));
  breaker.onReset(() => log.info("the ranker answers again"));

  const ask = async (query: string, names: readonly string[]): Promise<readonly number[] | undefined> => {
    const answer = await askJson({
      url: `${papers.url.replace(/\/+$/, "")}/v1/rank`,
      method: "POST",
      headers: { "content-type": "application/json", accept: "application/json" },
      body: JSON.stringify({ query, candidates: names }),
      withinMs: papers.withinMs,
      bytesMax: BYTES_MAX,
      fetch: using.fetch,
      clock,
    });
    const isGood = answer.is === "answered" && answer.status === OK;
    const ranked = isGood ? parseRanking(answer.body, names) : undefined;
    if (!ranked) {
      const problem = answer.is === "failed" ? answer.problem : `status ${answer.status}, or no ranking`;
      log.warn({ problem }, "the ranker could not be asked");
    }
    return ranked;
  };
  return {
    async rank(query, names) {
      if (names.length < 2) return asTheyAre(names);
      // Open: it is not asked, and says so by throwing.
      const ranked = await breaker.execute(() => ask(query, names)).catch(() => undefined);
      return ranked ?? asTheyAre(names);
    },
  };
}
