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
  let cancelPause: (() => void) | undefined;

  const sayNow = () => {
    if (unsaid === undefined) return;
    using.say(unsaid);
    unsaid = undefined;
    cancelPause = using.clock.after(ACKNOWLEDGE_EVERY_MS, () => {
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
      if (!cancelPause) sayNow();
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
