/**
 * Effects that must be said, and once: over repetitions, redeliveries, restarts and SIGKILL. Looked up in the
 * database before, claimed there in the moment the words have left; whoever is killed in between leaves an event
 * that the hub gives to the next process, which then says it again: in these microseconds we rather say a thing
 * twice than never. What Twitch refused or nobody could say is tried again with growing rests, and its event
 * stays unacknowledged meanwhile.
 */
import { type Backoff, restMs } from "../../shared/backoff.ts";
import type { Clock, Millis } from "../../shared/clock.ts";
import { toError } from "../../shared/errors.ts";
import type { Logger } from "../../shared/log.ts";
import type { Delivery } from "../output.ts";

/** What was said once and for all, per module. */
export interface ClaimStore {
  isClaimed(module: string, key: string): Promise<boolean>;
  claim(module: string, key: string): Promise<unknown>;
  release(module: string, key: string): Promise<void>;
}

export interface OnceKey {
  readonly module: string;
  readonly key: string;
}

export interface SayOnce {
  /** Never rejects. undefined: it was said before. Nothing is begun after `goodUntil`. */
  deliver(
    what: OnceKey,
    goodUntil: Millis,
    attempt: (onWritten: () => void) => Promise<Delivery>,
  ): Promise<Delivery | undefined>;
}

/** Later it is no news any more. */
export const WORTH_SAYING_MS: Millis = 10 * 60_000;
/** No crowd to be spread: each channel's connection falls and comes on its own. */
const AGAIN: Backoff = { first: 2_000, longest: 120_000, jitter: 0 };
/** Our successor says it. */
const LEFT: Delivery = { is: "dropped", because: "stopping" };

export function makeSayOnce(using: {
  readonly store: ClaimStore;
  readonly clock: Clock;
  readonly log: Logger;
  readonly stopping: AbortSignal;
}): SayOnce {
  const { store, clock, log, stopping } = using;
  /** By key: the same thing may be reported again while it is still being said. */
  const inHand = new Map<string, Promise<unknown>>();

  const attemptOnce = async ({ module, key }: OnceKey, attempt: Attempt): Promise<Delivery | undefined> => {
    if (await store.isClaimed(module, key)) return undefined;
    let claiming: Promise<unknown> | undefined;
    const delivery = await attempt(() => {
      claiming = store.claim(module, key).catch((problem) => {
        log.error({ module, key, err: toError(problem) }, "it was said, but that could not be written down");
      });
    });
    await claiming;
    if (claiming && isWorthAnotherTry(delivery)) await store.release(module, key);
    return delivery;
  };
  const tryOnce = async (what: OnceKey, attempt: Attempt): Promise<Delivery | undefined> => {
    try {
      return await attemptOnce(what, attempt);
    } catch (problem) {
      log.error({ ...what, err: toError(problem) }, "whether it was said before can't be found out");
      return { is: "dropped", because: "database-away" };
    }
  };
  const deliver = async (
    what: OnceKey,
    goodUntil: Millis,
    attempt: Attempt,
  ): Promise<Delivery | undefined> => {
    for (let failures = 1; ; failures += 1) {
      const delivery = await tryOnce(what, attempt);
      if (!delivery || !isWorthAnotherTry(delivery)) return delivery;
      if (stopping.aborted) return LEFT;
      const forMs = restMs(AGAIN, failures, 0);
      if (clock.now() + forMs >= goodUntil) {
        log.error({ ...what, last: delivery }, "could not be said in time");
        return delivery;
      }
      log.warn({ ...what, last: delivery, forMs }, "could not be said: will be tried again");
      await rest(forMs);
      if (stopping.aborted) return LEFT;
    }
  };
  const rest = (forMs: Millis) =>
    new Promise<void>((resolve) => {
      const end = () => {
        cancel();
        stopping.removeEventListener("abort", end);
        resolve();
      };
      const cancel = clock.after(forMs, end);
      stopping.addEventListener("abort", end);
    });

  return {
    async deliver(what, goodUntil, attempt) {
      const name = `${what.module} ${what.key}`;
      const before = inHand.get(name);
      const own = before
        ? before.then(() => deliver(what, goodUntil, attempt))
        : deliver(what, goodUntil, attempt);
      inHand.set(name, own);
      const end = await own;
      if (inHand.get(name) === own) inHand.delete(name);
      return end;
    },
  };
}

type Attempt = (onWritten: () => void) => Promise<Delivery>;

function isWorthAnotherTry(delivery: Delivery): boolean {
  switch (delivery.is) {
    case "accepted":
    // What was written and met silence may well have been read.
    case "unknown":
      return false;
    case "dropped":
      return delivery.isFinal !== true;
    case "expired":
      return true;
  }
}
