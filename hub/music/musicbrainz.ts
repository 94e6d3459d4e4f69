/**
 * MusicBrainz as the source of the domain MUSIC. It allows one question a second and asks to be told who asks:
 * questions stand in a short queue, and what was answered is remembered for a day.
 * https://musicbrainz.org/doc/MusicBrainz_API/Rate_Limiting
 */
import { CircuitState, ConsecutiveBreaker, circuitBreaker, handleWhenResult } from "cockatiel";
import { LRUCache } from "lru-cache";
import type { Clock, Millis } from "../../shared/clock.ts";
import type { Candidate } from "../../shared/crowd/candidate.ts";
import { toCrowdKey } from "../../shared/crowd/crowd-key.ts";
import type { Logger } from "../../shared/log.ts";
import { askJson, type Fetch } from "../ask-json.ts";
import type { DomainSource, Searched } from "../crowd/domain-source.ts";
import { toRecordingQuery } from "./lucene.ts";
import { parseRecordings } from "./recordings.external.ts";

export const PACE_MS: Millis = 1_000;
/** Whoever asked in chat waits for all of this together, and a module has 8 s. */
const WAIT_MAX_MS: Millis = 3_500;
const ANSWER_WITHIN_MS: Millis = 3_000;
const BYTES_MAX = 1_000_000;
const RECORDINGS_ASKED = 25;
const REMEMBERED_MAX = 500;
const REMEMBERED_FOR_MS: Millis = 24 * 3_600_000;
/** Nothing by this name: somebody may enter it in the meantime. */
const NOTHING_FOR_MS: Millis = 600_000;
const FAILURES_MAX = 4;
export const REST_MS: Millis = 30_000;

const away: Searched = { is: "away", because: "away" };

export function makeMusicBrainz(using: {
  readonly url: string;
  /** `KissBot/1.0 ( where its operator is reached )` */
  readonly userAgent: string;
  readonly fetch: Fetch;
  readonly clock: Clock;
  readonly log: Logger;
  readonly restMs?: Millis;
}): DomainSource {
  const { clock, log, restMs = REST_MS } = using;
  const remembered = new LRUCache<
    string,
    { readonly candidates: readonly Candidate[]; readonly until: Millis }
  >({
    max: REMEMBERED_MAX,
  });
  const breaker = circuitBreaker(
    handleWhenResult((result) => (result as Searched).is === "away"),
    { breaker: new ConsecutiveBreaker(FAILURES_MAX), halfOpenAfter: restMs },
  );
  let restsUntil: Millis = Number.NEGATIVE_INFINITY;
  breaker.onBreak(() => {
    restsUntil = clock.now() + restMs;
    log.warn("MusicBrainz does not answer and is left in peace for a while");
  });
  breaker.onReset(() => log.info("MusicBrainz answers again"));

  /** On our clock: when the next question may go out. */
  let nextAt: Millis = Number.NEGATIVE_INFINITY;
  const myTurn = (): Promise<void> | undefined => {
    const now = clock.now();
    const at = Math.max(now, nextAt);
    if (at - now > WAIT_MAX_MS) return undefined;
    nextAt = at + PACE_MS;
    return at === now ? Promise.resolve() : new Promise((resolve) => void clock.after(at - now, resolve));
  };

  const ask = async (query: string): Promise<Searched> => {
    const parameters = new URLSearchParams({
      query: toRecordingQuery(query),
      limit: String(RECORDINGS_ASKED),
      fmt: "json",
    });
    const answer = await askJson({
      url: `${using.url}/recording?${parameters}`,
      headers: { "user-agent": using.userAgent, accept: "application/json" },
      withinMs: ANSWER_WITHIN_MS,
      bytesMax: BYTES_MAX,
      fetch: using.fetch,
      clock,
    });
    const problem = answer.is === "failed" ? answer.problem : describeStatus(answer.status);
    const candidates = answer.is === "answered" && !problem ? parseRecordings(answer.body) : undefined;
    if (candidates) return { is: "found", candidates };
    log.warn({ problem: problem ?? "an answer in an unknown shape" }, "MusicBrainz could not be asked");
    return away;
  };

  return {
    async search(query) {
      const key = toCrowdKey(query);
      const known = remembered.get(key);
      if (known && clock.now() < known.until) return { is: "found", candidates: known.candidates };
      // Whoever is not asked needs no turn; but the one who tries again after the rest does.
      const isResting = breaker.state === CircuitState.Open && clock.now() < restsUntil;
      if (isResting) return away;
      const turn = myTurn();
      if (!turn) return { is: "away", because: "busy" };
      await turn;
      // Open: it is not asked, and says so by throwing.
      const searched = await breaker.execute(() => ask(query)).catch(() => away);
      if (searched.is === "found") {
        const { candidates } = searched;
        const keptForMs = candidates.length === 0 ? NOTHING_FOR_MS : REMEMBERED_FOR_MS;
        remembered.set(key, { candidates, until: clock.now() + keptForMs });
      }
      return searched;
    },
  };
}

const describeStatus = (status: number): string | undefined =>
  status === 200 ? undefined : `it answered ${status}`;
