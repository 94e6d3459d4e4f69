/** How a worker leaves: hears nothing new, finishes what is in hand, says why the rest was dropped, closes what it opened. */
import type { Clock, Millis } from "../shared/clock.ts";
import { toError } from "../shared/errors.ts";
import type { Logger } from "../shared/log.ts";

export interface Stop {
  /** Aborted when stopping begins. */
  readonly signal: AbortSignal;
  /** Only the first call counts. */
  now(because: string): void;
  /** The closing list, walked backwards: write on it at once what was opened. */
  releases(release: () => Promise<void> | void): void;
  /** What there is to finish, from the moment there may be something. */
  finishes(work: Work): void;
}

interface Work {
  readonly hearNothingNew: () => void;
  readonly settled: () => Promise<void>;
  /** Ends what could not be finished in time, so that it settles now. */
  readonly dropRest: () => void;
  /** Resolves when nothing that was said waits for the word whether it was shown. */
  readonly answered: () => Promise<void>;
}

/** Together they must stay below the supervisor's patience with a stopping worker. */
const FINISH_WITHIN_MS: Millis = 1_200;
/** What was said is said: its account should tell whether it was shown. */
const ANSWERS_WITHIN_MS: Millis = 1_500;
const DROP_WITHIN_MS: Millis = 200;
const RELEASE_WITHIN_MS: Millis = 300;

export function makeStop(using: {
  readonly clock: Clock;
  readonly log: Logger;
  /** Called last. */
  readonly leave: () => void;
}): Stop {
  const { clock, log } = using;
  const stopping = new AbortController();
  const releasers: (() => Promise<void> | void)[] = [];
  let work: Work | undefined;

  const finish = async () => {
    if (!work) return;
    // What had come when the word to stop came, and is read in this turn of the loop, is still heard.
    await new Promise(setImmediate);
    work.hearNothingNew();
    if (await isDoneWithin(work.settled(), FINISH_WITHIN_MS)) return;
    log.warn({ afterMs: FINISH_WITHIN_MS }, "what is still in hand is dropped");
    work.dropRest();
    await isDoneWithin(work.answered(), ANSWERS_WITHIN_MS);
    await isDoneWithin(work.settled(), DROP_WITHIN_MS);
  };
  const release = async () => {
    for (const one of releasers.reverse()) {
      try {
        await isDoneWithin(Promise.resolve(one()), RELEASE_WITHIN_MS);
      } catch (problem) {
        log.error({ err: toError(problem) }, "closing something failed");
      }
    }
  };
  const isDoneWithin = (done: Promise<unknown>, withinMs: Millis) =>
    new Promise<boolean>((resolve, reject) => {
      const cancel = clock.after(withinMs, () => resolve(false));
      done.finally(cancel).then(() => resolve(true), reject);
    });

  return {
    signal: stopping.signal,
    now(because) {
      if (stopping.signal.aborted) return;
      stopping.abort();
      log.info({ because }, "worker stops");
      void finish()
        .then(release)
        .then(() => {
          log.info({}, "worker stopped");
          using.leave();
        });
    },
    releases: (one) => void releasers.push(one),
    finishes(what) {
      work = what;
    },
  };
}
