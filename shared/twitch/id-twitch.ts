/** id.twitch.tv: whose token is this, and a fresh one please. Answers are sorted by what the caller should do. */
import * as v from "valibot";
import type { Millis } from "../clock.ts";
import { toError } from "../errors.ts";
import { Login, UserId } from "../ids.ts";
import { askId, saidById as said, wordsOfId } from "./ask-id.ts";
import { AppTokenBody, RefreshBody, ValidateBody } from "./id-twitch.external.ts";

export interface TokenFacts {
  readonly clientId: string;
  readonly login: Login;
  readonly userId: UserId;
  readonly scopes: readonly string[];
  /** Undefined: this token does not expire. */
  readonly expiresInMs: Millis | undefined;
}

export type Validated =
  | { readonly is: "valid"; readonly facts: TokenFacts }
  | { readonly is: "invalid"; readonly problem: string }
  | { readonly is: "away"; readonly problem: string };

export type Refreshed =
  | { readonly is: "fresh"; readonly accessToken: string; readonly refreshToken: string | undefined }
  /** The grant is gone: only its owner can give a new one. */
  | { readonly is: "needs-reauth"; readonly problem: string }
  | { readonly is: "away"; readonly problem: string };

/** A token of the application itself, by its client secret. */
export type Granted =
  | { readonly is: "fresh"; readonly accessToken: string; readonly expiresInMs: Millis | undefined }
  | { readonly is: "refused"; readonly problem: string }
  | { readonly is: "away"; readonly problem: string };

export interface IdTwitch {
  validate(accessToken: string): Promise<Validated>;
  refresh(refreshToken: string): Promise<Refreshed>;
}

export interface ApplicationGrants {
  grantToApplication(): Promise<Granted>;
}

export function makeIdTwitch(using: {
  readonly baseUrl: string;
  readonly clientId: string;
  readonly clientSecret: string | undefined;
}): IdTwitch & ApplicationGrants {
  const ask = askId(using.baseUrl);
  return {
    async validate(accessToken) {
      try {
        const { status, body } = await ask("/validate", {
          headers: { Authorization: `OAuth ${accessToken}` },
        });
        return toValidated(status, body);
      } catch (problem) {
        return { is: "away", problem: toError(problem).message };
      }
    },
    async refresh(refreshToken) {
      const form = new URLSearchParams({
        grant_type: "refresh_token",
        refresh_token: refreshToken,
        client_id: using.clientId,
        ...(using.clientSecret === undefined ? {} : { client_secret: using.clientSecret }),
      });
      try {
        const { status, body } = await ask("/token", { method: "POST", body: form });
        return toRefreshed(status, body);
      } catch (problem) {
        return { is: "away", problem: toError(problem).message };
      }
    },
    async grantToApplication() {
      if (using.clientSecret === undefined) return { is: "refused", problem: "there is no client secret" };
      const form = new URLSearchParams({
        grant_type: "client_credentials",
        client_id: using.clientId,
        client_secret: using.clientSecret,
      });
      try {
        const { status, body } = await ask("/token", { method: "POST", body: form });
        return toGranted(status, body);
      } catch (problem) {
        return { is: "away", problem: toError(problem).message };
      }
    },
  };
}

/** Pure. 400, 401 and 403 speak of the client id and its secret; everything else of Twitch's own state. */
export function toGranted(status: number, body: unknown): Granted {
  if (status === 400 || status === 401 || status === 403)
    return { is: "refused", problem: said(status, body) };
  if (status !== 200) return { is: "away", problem: said(status, body) };
  const parsed = v.safeParse(AppTokenBody, body);
  if (!parsed.success) return { is: "away", problem: "token answered in an unknown shape" };
  const { access_token: accessToken, expires_in } = parsed.output;
  return { is: "fresh", accessToken, expiresInMs: expires_in ? expires_in * 1_000 : undefined };
}

/** Pure. */
export function toValidated(status: number, body: unknown): Validated {
  if (status === 401) return { is: "invalid", problem: said(status, body) };
  if (status !== 200) return { is: "away", problem: said(status, body) };
  const parsed = v.safeParse(ValidateBody, body);
  if (!parsed.success) return { is: "away", problem: "validate answered in an unknown shape" };
  const { scopes, expires_in, client_id } = parsed.output;
  const login = v.safeParse(Login, parsed.output.login);
  const userId = v.safeParse(UserId, parsed.output.user_id);
  if (!login.success || !userId.success)
    return { is: "invalid", problem: "this is an app token, a user's is needed" };
  return {
    is: "valid",
    facts: {
      clientId: client_id,
      login: login.output,
      userId: userId.output,
      scopes: scopes ?? [],
      // 0 is what Twitch answers for tokens that never expire.
      expiresInMs: expires_in ? expires_in * 1_000 : undefined,
    },
  };
}

/** Twitch's own words of a refresh token, or of the client that brings it, which will not do. */
const GRANT_IS_GONE = /refresh token|invalid[ _]grant|(?:invalid|missing) client/i;

/** Pure. Only Twitch knows that a grant is gone: what a proxy or a firewall refuses, with words of its own or none, may pass. */
export function toRefreshed(status: number, body: unknown): Refreshed {
  const isRefused = status === 400 || status === 401 || status === 403;
  if (isRefused && GRANT_IS_GONE.test(wordsOfId(body) ?? ""))
    return { is: "needs-reauth", problem: said(status, body) };
  if (status !== 200) return { is: "away", problem: said(status, body) };
  const parsed = v.safeParse(RefreshBody, body);
  if (!parsed.success) return { is: "away", problem: "token answered in an unknown shape" };
  return { is: "fresh", accessToken: parsed.output.access_token, refreshToken: parsed.output.refresh_token };
}
