/**
 * The application's own token, by its client secret: what conduits are served with. Promises: one flight at a time;
 * a fresh one before the old expires and after Twitch refused it; kept in memory only, because another is always to
 * be had. A wrong secret is said, and asked again rarely: somebody may have mended it at Twitch.
 */
import { type Backoff, restMs } from "../../shared/backoff.ts";
import type { Clock, Millis } from "../../shared/clock.ts";
import type { Logger } from "../../shared/log.ts";
import { tokenFingerprint } from "../../shared/token-fingerprint.ts";
import type { ApplicationGrants, Granted } from "../twitch/id-twitch.ts";

export type AppTokenAnswer =
  | { readonly is: "token"; readonly accessToken: string }
  | { readonly is: "refused"; readonly problem: string }
  | { readonly is: "away"; readonly problem: string };

export interface AppToken {
  get(): Promise<AppTokenAnswer>;
  /** Twitch refused the token with this fingerprint: a fresh one, unless somebody already got one. */
  replace(rejected: string): Promise<AppTokenAnswer>;
}

/** A token with less than this left is renewed, while it is still handed out. */
const RENEW_BEFORE_MS: Millis = 10 * 60_000;
/** With less than this left it may die on its way to Twitch. */
const TOO_LATE_MS: Millis = 10_000;
/** One that replaced another and is refused as young as this has another fault: fetching the next would never end. */
const YOUNG_MS: Millis = 5_000;
const AGAIN: Backoff = { first: 1_000, longest: 60_000, jitter: 0.5 };
const AFTER_REFUSAL: Backoff = { first: 60_000, longest: 600_000, jitter: 0.5 };

interface Held {
  readonly accessToken: string;
  /** When it came in place of one that Twitch refused. */
  readonly replacedAt: Millis | undefined;
  readonly expiresAt: Millis;
}

export function makeAppToken(using: {
  readonly idTwitch: ApplicationGrants;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Logger;
}): AppToken {
  const { clock, log } = using;
  let held: Held | undefined;
  let flight: Promise<AppTokenAnswer> | undefined;
  let failures = 0;
  let isReplacing = false;
  let resting: { readonly until: Millis; readonly answer: AppTokenAnswer } | undefined;

  const accept = (granted: Granted): AppTokenAnswer => {
    if (granted.is === "fresh") {
      failures = 0;
      resting = undefined;
      const { accessToken, expiresInMs = Number.POSITIVE_INFINITY } = granted;
      const replacedAt = isReplacing ? clock.now() : undefined;
      held = { accessToken, replacedAt, expiresAt: clock.now() + expiresInMs };
      isReplacing = false;
      log.info("the application has a fresh token");
      return { is: "token", accessToken };
    }
    failures += 1;
    const answer: AppTokenAnswer = { is: granted.is, problem: granted.problem };
    const forMs = restMs(granted.is === "refused" ? AFTER_REFUSAL : AGAIN, failures, using.random());
    resting = { until: clock.now() + forMs, answer };
    log.warn({ ...answer, forMs, failures }, "Twitch gives the application no token");
    return answer;
  };
  const fetchOne = (): Promise<AppTokenAnswer> => {
    if (resting && clock.now() < resting.until) return Promise.resolve(resting.answer);
    flight ??= using.idTwitch.grantToApplication().then((granted) => {
      flight = undefined;
      return accept(granted);
    });
    return flight;
  };

  const get = (): Promise<AppTokenAnswer> => {
    const leftMs = held ? held.expiresAt - clock.now() : 0;
    if (!held || leftMs <= TOO_LATE_MS) return fetchOne();
    if (leftMs <= RENEW_BEFORE_MS) void fetchOne();
    return Promise.resolve({ is: "token", accessToken: held.accessToken });
  };
  return {
    get,
    replace(rejected) {
      const isOurs = held !== undefined && tokenFingerprint(held.accessToken) === rejected;
      const isYoung = held?.replacedAt !== undefined && clock.now() - held.replacedAt < YOUNG_MS;
      if (isOurs && !isYoung) {
        held = undefined;
        isReplacing = true;
      }
      return get();
    },
  };
}
