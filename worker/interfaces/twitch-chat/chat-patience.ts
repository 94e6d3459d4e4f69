/** How long chat rests before the next connection: as a rule longer each time, never not at all. */
import { type Backoff, restMs } from "../../../shared/backoff.ts";
import type { Millis } from "../../../shared/clock.ts";

export interface ChatPatience {
  readonly failures: number;
}

/** Why there is no connection any more, or why there came none. */
export type Fall =
  | { readonly is: "lost"; readonly stoodMs: Millis; readonly reason: string }
  | { readonly is: "asked-to-reconnect" }
  /** `isSilence`: nobody answered, which an own defect would look like, too. */
  | { readonly is: "not-connected"; readonly reason: string; readonly isSilence?: true }
  | {
      readonly is: "login-refused";
      readonly notice: string;
      /** Fingerprint of the token that was refused. */
      readonly rejected: string;
    }
  | { readonly is: "no-token"; readonly detail: string }
  | { readonly is: "needs-reauth"; readonly detail: string }
  | { readonly is: "join-refused"; readonly code: string }
  /** Known before the join: Twitch would not even say no. */
  | { readonly is: "too-many-channels"; readonly detail: string };

export const freshPatience: ChatPatience = { failures: 0 };

export const CHAT_BACKOFF: Backoff = { first: 1_000, longest: 120_000, jitter: 0.5 };
/** A connection that stood this long was a good one. */
export const GOOD_CONNECTION_MS: Millis = 60_000;
/** Twitch ends a connection about 30 s after it asked for a new one; many workers are asked at once. */
const RECONNECT_SPREAD: Backoff = { first: 5_000, longest: 5_000, jitter: 1 };
/** The hub is next door and comes back soon: asking it costs Twitch nothing. */
const TOKEN_BACKOFF: Backoff = { first: 500, longest: 5_000, jitter: 0.5 };
/** Only the operator's new tokens help; the hub says when it has them. */
const REAUTH_REST: Backoff = { first: 30_000, longest: 30_000, jitter: 0.5 };
/** Banned or suspended: only people change that. */
const JOIN_REFUSED_REST: Backoff = { first: 300_000, longest: 300_000, jitter: 0.5 };

/** Pure. `fraction` is 0 ≤ x < 1. */
export function planRest(
  patience: ChatPatience,
  fall: Fall,
  fraction: number,
): { readonly patience: ChatPatience; readonly restMs: Millis } {
  switch (fall.is) {
    case "asked-to-reconnect":
      return { patience, restMs: restMs(RECONNECT_SPREAD, 1, fraction) };
    case "join-refused":
    case "too-many-channels":
      return { patience, restMs: restMs(JOIN_REFUSED_REST, 1, fraction) };
    case "needs-reauth":
      return { patience, restMs: restMs(REAUTH_REST, 1, fraction) };
    case "lost":
      return fail(fall.stoodMs >= GOOD_CONNECTION_MS ? freshPatience : patience, CHAT_BACKOFF, fraction);
    case "not-connected":
    case "login-refused":
      return fail(patience, CHAT_BACKOFF, fraction);
    case "no-token":
      return fail(patience, TOKEN_BACKOFF, fraction);
  }
}

function fail(patience: ChatPatience, backoff: Backoff, fraction: number) {
  const failures = patience.failures + 1;
  return { patience: { failures }, restMs: restMs(backoff, failures, fraction) };
}
