/**
 * How old a message is by Twitch's own clock. Ours may be wrong by any amount and must not decide what counts as
 * old, so each session message sets what time it is at Twitch.
 */
import type { Clock, Millis } from "../../shared/clock.ts";

/** Twitch's rule against replays: what is older than this is not to be acted upon. */
export const MESSAGE_AGE_MAX_MS: Millis = 10 * 60_000;

export interface TwitchTime {
  /** Twitch stamped a message of the session itself just now. */
  set(at: string): void;
  /** Undefined when it can't be told. */
  ageMs(at: string, now: Millis): Millis | undefined;
}

export function makeTwitchTime(clock: Clock): TwitchTime {
  let known: { readonly twitch: Millis; readonly ours: Millis } | undefined;
  return {
    set(at) {
      const twitch = Date.parse(at);
      if (!Number.isNaN(twitch)) known = { twitch, ours: clock.now() };
    },
    ageMs(at, now) {
      const stamped = Date.parse(at);
      if (!known || Number.isNaN(stamped)) return undefined;
      return known.twitch + (now - known.ours) - stamped;
    },
  };
}
