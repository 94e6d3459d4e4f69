/** What Twitch allows one account (dev.twitch.tv/docs/chat, "Rate limits"), and how long our grants are good. */
import type { Millis } from "../../shared/clock.ts";
import type { PermitKind } from "../../shared/ipc/permit-words.ts";

/** In every window of `windowMs` that ends with a use. */
export interface Limit {
  readonly windowMs: Millis;
  /** Where the use is that of a viewer. */
  readonly asViewer: number;
  /** Where the bot moderates, is VIP or broadcaster; viewers' messages count here, too, and these count there. */
  readonly any: number;
}

/** Twitch's clock and ours meet only through the network: our windows are a little longer. */
export const SLACK_MS: Millis = 500;
const LOGIN_WINDOW_MS: Millis = 10_000 + SLACK_MS;
const SEND_WINDOW_MS: Millis = 30_000 + SLACK_MS;
/** Twitch takes one message a second in a channel from whoever is no more than a viewer there. */
export const CHANNEL_PACE_MS: Millis = 1_000;

const limit = (windowMs: Millis, asViewer: number, any = asViewer): Limit => ({ windowMs, asViewer, any });
export const ORDINARY_LIMITS: Readonly<Record<PermitKind, Limit>> = {
  auth: limit(LOGIN_WINDOW_MS, 20),
  join: limit(LOGIN_WINDOW_MS, 20),
  send: limit(SEND_WINDOW_MS, 20, 100),
};
export const VERIFIED_LIMITS: Readonly<Record<PermitKind, Limit>> = {
  auth: limit(LOGIN_WINDOW_MS, 200),
  join: limit(LOGIN_WINDOW_MS, 2_000),
  send: limit(SEND_WINDOW_MS, 7_500),
};
export const limitsOf = (isVerified: boolean): Readonly<Record<PermitKind, Limit>> =>
  isVerified ? VERIFIED_LIMITS : ORDINARY_LIMITS;

/** How long a grant of one may be used: a worker's whole way to the use, and an event loop that is late. */
export const GOOD_FOR_MS: Readonly<Record<PermitKind, Millis>> = { auth: 25_000, join: 20_000, send: 3_000 };
/** Of more than one. A worker that dies with it takes what is left of it out of the account for this long and a window. */
export const LEASE_MS: Millis = 10_000;
/** What a process said last may reach Twitch after its death, by Helix later than over a connection to chat. */
export const LAST_WORDS_MS: Millis = 1_000;

/** Two names to post in, for each two tokens and two answers, each of ten seconds; a little more. */
export const POST_ANSWERED_WITHIN_MS: Millis = 90_000;

/** No use that was ever granted can matter any more this long after the grant. */
export const forgottenAfterMs = (kind: PermitKind, { windowMs }: Limit): Millis =>
  windowMs + Math.max(GOOD_FOR_MS[kind], LEASE_MS);
