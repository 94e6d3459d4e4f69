/**
 * The one owner of an account's tokens in the house. Promises: one refresh at a time; a fresh token is on disk before
 * anybody may use it; the refresh token is never handed out; a failed refresh is tried again when that can help
 * and says `needs-reauth` when it can't. Every token handed out was validated.
 *
 * Modes: `unknown` (not validated yet, Twitch away) → `good` ⇄ `unknown`, and `needs-reauth` until new tokens are
 * configured.
 */
import type { TokenStore } from "../../db/token-store.ts";
import { type Backoff, restMs } from "../../shared/backoff.ts";
import type { Clock, Millis } from "../../shared/clock.ts";
import { toError } from "../../shared/errors.ts";
import type { Login } from "../../shared/ids.ts";
import type { Logger } from "../../shared/log.ts";
import { tokenFingerprint } from "../../shared/token-fingerprint.ts";
import type { IdTwitch, TokenFacts } from "../twitch/id-twitch.ts";

export interface GoodToken {
  readonly accessToken: string;
  readonly facts: TokenFacts;
  /** Wall time; undefined: it does not expire. */
  readonly expiresAt: Millis | undefined;
}

export type TokenAnswer =
  | { readonly is: "token"; readonly token: GoodToken }
  | { readonly is: "needs-reauth"; readonly problem: string }
  | { readonly is: "away"; readonly problem: string };

export interface TokenOwner {
  /** The token to use now. One that is about to expire is refreshed behind the caller's back, and without a caller. */
  get(): Promise<TokenAnswer>;
  /** Twitch refused the token with this fingerprint: a fresh one, unless somebody already got one. */
  replace(rejected: string): Promise<TokenAnswer>;
  /** A new login, in the place of whatever was there: stored, proved, used. */
  take(fresh: Held): Promise<TokenAnswer>;
  /** A fresh access token now, although nobody needs one. */
  refreshNow(): Promise<TokenAnswer>;
  /** What may be given back to Twitch; nothing of it is used any more, until somebody logs in. */
  forget(because: string): Promise<Held | undefined>;
  state(): {
    readonly is: "good" | "unknown" | "needs-reauth";
    readonly token: GoodToken | undefined;
    /** When Twitch last said that it is good; monotonic. */
    readonly validatedAt: Millis | undefined;
  };
  /** Resolves when a refresh under way has landed: what Twitch gave is lost when it is not stored. */
  stop(): Promise<void>;
}

/** A token with less than this left is refreshed, while it is still handed out. */
const REFRESH_BEFORE_MS: Millis = 10 * 60_000;
/** With less than this left it may die on its way to Twitch. */
const TOO_LATE_MS: Millis = 10_000;
/** Twitch's rule for anyone who keeps a login: validate hourly. */
const VALIDATE_EVERY_MS: Millis = 60 * 60_000;
/** A crowd of requests may be refused for the same dead token: what is younger than this is not the one they meant. */
const YOUNG_MS: Millis = 5_000;
const AGAIN: Backoff = { first: 1_000, longest: 60_000, jitter: 0.5 };

/** The problem of an owner whose tokens were given back. */
export const REVOKED_BY_OPERATOR = "the login was revoked by an operator";
/** The problem of an owner that has nothing to begin with. */
export const NEVER_LOGGED_IN = "no tokens are stored";
/** Nobody has logged in yet: Twitch is not asked. */
const NO_TOKENS: Held = { accessToken: "", refreshToken: undefined };

export interface Held {
  readonly accessToken: string;
  readonly refreshToken: string | undefined;
}

export function startTokenOwner(using: {
  readonly login: Login;
  /** In sentences; left out: "the bot's". */
  readonly whose?: string;
  readonly clientId: string;
  /** undefined: they are in the store, put there by a login or an import. */
  readonly configured: Held | undefined;
  readonly store: TokenStore;
  readonly idTwitch: IdTwitch;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Logger;
  readonly onReauthNeeded: (problem: string) => void;
  /** Somebody logged in. */
  readonly onReauthOver?: () => void;
  /** By itself or by order; a login is none. */
  readonly onRefreshed?: () => void;
}): TokenOwner {
  const { clock, log, login, store, idTwitch } = using;
  const start = startingTokens(store, login, using.configured);
  const { grownFrom } = start;
  let held: Held = start.held;
  let isStored = true;
  let good: GoodToken | undefined;
  let reauthProblem: string | undefined;
  let flight: Promise<TokenAnswer> | undefined;
  /** Set while we rest after Twitch, or our own disk, was away. */
  let resting: { readonly problem: string } | undefined;
  let refreshedAt: Millis | undefined;
  /** When Twitch gave us what we hold, stored or not. */
  let obtainedAt: Millis | undefined;
  /** By a login, not by a refresh. */
  let isTyped = false;
  let isStopped = false;
  let validatedAt: Millis | undefined;
  let failures = 0;
  let cancelAgain = () => {};
  let cancelRefresh = () => {};

  /** For those who look at the accounts: a full disk keeps no token from being used. */
  const noting = (note: () => void) => {
    try {
      note();
    } catch (problem) {
      log.warn({ problem: toError(problem).message }, "how the account stands could not be written down");
    }
  };
  const needsReauth = (problem: string): TokenAnswer => {
    if (reauthProblem === undefined) {
      log.error(
        { login, problem },
        `${using.whose ?? "the bot's"} token is no longer accepted: it needs a new login`,
      );
      using.onReauthNeeded(problem);
    }
    reauthProblem = problem;
    noting(() => store.noteFailure?.(login, problem, true));
    good = undefined;
    return { is: "needs-reauth", problem };
  };
  const accept = (facts: TokenFacts): TokenAnswer => {
    if (facts.clientId !== using.clientId)
      return needsReauth("the token belongs to another client id than twitch.client_id");
    if (facts.login !== login) return needsReauth(`the token belongs to ${facts.login}, not to ${login}`);
    const expiresAt = facts.expiresInMs === undefined ? undefined : clock.wall() + facts.expiresInMs;
    good = { accessToken: held.accessToken, facts, expiresAt };
    const wasNeeded = reauthProblem !== undefined;
    reauthProblem = undefined;
    if (wasNeeded) using.onReauthOver?.();
    validatedAt = clock.now();
    noting(() => store.noteValid?.(login, { userId: facts.userId, scopes: facts.scopes, expiresAt }));
    refreshInTime(good);
    return { is: "token", token: good };
  };
  /** Also when nobody asks: whoever asks next shall not wait for Twitch. */
  const refreshInTime = (token: GoodToken) => {
    cancelRefresh();
    if (isStopped || token.expiresAt === undefined || held.refreshToken === undefined) return;
    const inMs = Math.max(0, leftMs(token) - REFRESH_BEFORE_MS);
    cancelRefresh = clock.after(inMs, () => void get());
  };

  const validate = async (): Promise<TokenAnswer> => {
    if (held.accessToken === "") return needsReauth(NEVER_LOGGED_IN);
    const validated = await idTwitch.validate(held.accessToken);
    switch (validated.is) {
      case "away":
        return { is: "away", problem: validated.problem };
      case "invalid":
        good = undefined;
        return refresh();
      case "valid":
        return accept(validated.facts);
    }
  };
  const refresh = async (): Promise<TokenAnswer> => {
    if (held.refreshToken === undefined) return needsReauth("it has expired and there is no refresh token");
    const refreshed = await idTwitch.refresh(held.refreshToken);
    switch (refreshed.is) {
      case "away":
        noting(() => store.noteFailure?.(login, refreshed.problem, false));
        return { is: "away", problem: refreshed.problem };
      case "needs-reauth":
        return needsReauth(refreshed.problem);
      case "fresh":
        // Twitch may have voided the old one: from here on this is what we have, stored or not.
        held = {
          accessToken: refreshed.accessToken,
          refreshToken: refreshed.refreshToken ?? held.refreshToken,
        };
        isStored = false;
        obtainedAt = clock.now();
        isTyped = false;
        using.onRefreshed?.();
        return storeThenUse();
    }
  };
  const storeThenUse = async (): Promise<TokenAnswer> => {
    try {
      store.put(login, { ...held, grownFrom });
    } catch (problem) {
      return { is: "away", problem: `the fresh token could not be stored: ${toError(problem).message}` };
    }
    isStored = true;
    refreshedAt = clock.now();
    log.info({ login }, "token refreshed and stored");
    const validated = await idTwitch.validate(held.accessToken);
    if (validated.is === "valid") return accept(validated.facts);
    if (validated.is === "away") return validated;
    // Whoever typed it hears that it is none. One that Twitch gave may have run out while the disk was full.
    if (isTyped) return needsReauth(validated.problem);
    const isYoung = obtainedAt !== undefined && clock.now() - obtainedAt < YOUNG_MS;
    return isYoung ? { is: "away", problem: `the fresh token: ${validated.problem}` } : refresh();
  };

  /** All callers of one moment share one flight; what was away is tried again by itself. */
  const fly = (work: () => Promise<TokenAnswer>): Promise<TokenAnswer> => {
    if (isStopped && !flight) return Promise.resolve({ is: "away", problem: "the hub stops" });
    flight ??= work()
      .catch((problem: unknown): TokenAnswer => ({ is: "away", problem: toError(problem).message }))
      .then((answer) => {
        flight = undefined;
        cancelAgain();
        resting = undefined;
        failures = answer.is === "away" ? failures + 1 : 0;
        if (answer.is === "away") restThenTry(work, answer.problem);
        return answer;
      });
    return flight;
  };
  const restThenTry = (work: () => Promise<TokenAnswer>, problem: string) => {
    if (isStopped) return;
    log.warn({ problem, failures }, "the token could not be proved or refreshed");
    resting = { problem };
    const again = () => void fly(isStored ? work : storeThenUse);
    cancelAgain = clock.after(restMs(AGAIN, failures, using.random()), again);
  };
  const leftMs = (token: GoodToken): Millis =>
    token.expiresAt === undefined ? Number.POSITIVE_INFINITY : token.expiresAt - clock.wall();

  const get = (): Promise<TokenAnswer> => {
    if (good && leftMs(good) > TOO_LATE_MS) {
      const isDue = leftMs(good) <= REFRESH_BEFORE_MS && held.refreshToken !== undefined;
      if (isDue && !flight && !resting) void fly(refresh);
      return Promise.resolve({ is: "token", token: good });
    }
    if (flight) return flight;
    if (reauthProblem !== undefined) return Promise.resolve({ is: "needs-reauth", problem: reauthProblem });
    if (resting) return Promise.resolve({ is: "away", problem: resting.problem });
    return fly(good ? refresh : validate);
  };
  /** A refresh under way stores what it gets: whatever comes in its place comes after it. */
  const landed = async () => {
    while (flight) await flight;
  };
  const stopValidating = clock.every(VALIDATE_EVERY_MS, () => {
    if (reauthProblem === undefined && !resting) void fly(validate);
  });

  return {
    get,
    replace(rejected) {
      const isYoung = refreshedAt !== undefined && clock.now() - refreshedAt < YOUNG_MS;
      const isOurs = tokenFingerprint(held.accessToken) === rejected;
      // The one in its place is not stored yet.
      if (!isOurs && good && tokenFingerprint(good.accessToken) === rejected) good = undefined;
      if (!isOurs || isYoung || flight || resting || reauthProblem !== undefined) return get();
      good = undefined;
      return fly(refresh);
    },
    async take(fresh) {
      await landed();
      cancelAgain();
      resting = undefined;
      good = undefined;
      held = fresh;
      isStored = false;
      isTyped = true;
      return fly(storeThenUse);
    },
    async refreshNow() {
      await landed();
      if (!isStored || resting) return get();
      if (held.accessToken === "") return fly(validate);
      // As long as the access token is good nothing is wrong.
      if (held.refreshToken === undefined) return { is: "away", problem: "there is no refresh token" };
      return fly(refresh);
    },
    async forget(because) {
      await landed();
      cancelAgain();
      cancelRefresh();
      resting = undefined;
      const was = held;
      held = NO_TOKENS;
      isStored = true;
      // Whatever was the matter before: it is said anew.
      reauthProblem = undefined;
      needsReauth(because);
      return was.accessToken === "" ? undefined : was;
    },
    state: () => ({
      is: good ? "good" : reauthProblem === undefined ? "unknown" : "needs-reauth",
      token: good,
      validatedAt,
    }),
    stop() {
      isStopped = true;
      stopValidating();
      cancelAgain();
      cancelRefresh();
      return landed();
    },
  };
}

/** What was stored wins over the configuration it grew from; a changed configuration wins over what was stored. */
function startingTokens(
  store: TokenStore,
  login: Login,
  configured: Held | undefined,
): { readonly held: Held; readonly grownFrom: string | undefined } {
  const stored = store.find(login);
  if (!configured) return { held: stored ?? NO_TOKENS, grownFrom: stored?.grownFrom };
  const grownFrom = tokenFingerprint(configured.refreshToken ?? configured.accessToken);
  return { held: stored && stored.grownFrom === grownFrom ? stored : configured, grownFrom };
}
