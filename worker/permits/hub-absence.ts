/**
 * Whether there is a hub at all. Only a door at which nobody listens proves that there is none: a lost link, a
 * refusal or a door that does not open in time may be our own trouble, while a hub counts for all the others.
 */
import type { Clock, Millis } from "../../shared/clock.ts";

export interface HubAbsence {
  /** `dialledAt`: when the try began that found nobody. */
  nobodyThere(dialledAt: Millis): void;
  perhapsSomebody(): void;
  /** How long there has been no hub, as far as we are sure; undefined: there may be one. */
  goneForMs(): Millis | undefined;
}

/** Longer than the longest rest between two tries (lasting-link.ts); a hub that comes counts on it (away-shares.ts). */
export const BELIEVED_FOR_MS: Millis = 6_000;

export function makeHubAbsence(clock: Clock): HubAbsence {
  let gone: { readonly since: Millis; readonly lastLookAt: Millis } | undefined;
  return {
    nobodyThere(dialledAt) {
      const now = clock.now();
      const isStillBelieved = gone !== undefined && now - gone.lastLookAt <= BELIEVED_FOR_MS;
      gone = { since: isStillBelieved && gone ? gone.since : now, lastLookAt: dialledAt };
    },
    perhapsSomebody() {
      gone = undefined;
    },
    goneForMs() {
      const now = clock.now();
      return gone && now - gone.lastLookAt <= BELIEVED_FOR_MS ? now - gone.since : undefined;
    },
  };
}
