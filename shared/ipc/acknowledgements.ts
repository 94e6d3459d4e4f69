/**
 * Says up to which number events are dealt with: a lone one, or all that were dealt with together, at once, and under
 * load one number for all of a few milliseconds.
 */
import type { Clock, Millis } from "../clock.ts";

export interface Acknowledgements {
  /** undefined: nothing new may be said. */
  add(seq: number | undefined): void;
  /** What was not said yet is another hub's business. */
  forget(): void;
  /** Says what was not said yet. */
  stop(): void;
}

export const ACKNOWLEDGE_EVERY_MS: Millis = 10;

export function makeAcknowledgements(using: {
  readonly clock: Clock;
  readonly say: (seq: number) => unknown;
}): Acknowledgements {
  let unsaid: number | undefined;
  let isAboutToSay = false;
  let saidAt = Number.NEGATIVE_INFINITY;
  let cancelPause: (() => void) | undefined;

  const sayNow = () => {
    if (unsaid === undefined) return;
    using.say(unsaid);
    unsaid = undefined;
    saidAt = using.clock.now();
  };
  /** A timer only where something waits: one after every word would wake the process again for nothing. */
  const sayInTime = () => {
    if (unsaid === undefined) return;
    const restMs = saidAt + ACKNOWLEDGE_EVERY_MS - using.clock.now();
    if (restMs <= 0) return sayNow();
    cancelPause = using.clock.after(restMs, () => {
      cancelPause = undefined;
      sayNow();
    });
  };
  /** What came in one piece is dealt with in one go: the last number says it all. */
  const sayWhenThisIsDone = () => {
    if (isAboutToSay) return;
    isAboutToSay = true;
    queueMicrotask(() => {
      isAboutToSay = false;
      if (!cancelPause) sayInTime();
    });
  };
  return {
    add(seq) {
      if (seq === undefined) return;
      unsaid = seq;
      if (!cancelPause) sayWhenThisIsDone();
    },
    forget() {
      unsaid = undefined;
    },
    stop() {
      if (unsaid !== undefined) using.say(unsaid);
      unsaid = undefined;
      cancelPause?.();
      cancelPause = undefined;
    },
  };
}
