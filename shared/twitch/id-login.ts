/**
 * Logging in at id.twitch.tv: by device code, which takes no secret and no address to come back to, or by
 * authorisation code. Twitch knows no PKCE: what guards the way back is `state` and the client secret.
 */
import * as v from "valibot";
import type { Millis } from "../clock.ts";
import { toError } from "../errors.ts";
import { askId, type IdAnswer, saidById, wordsOfId } from "./ask-id.ts";
import { DeviceBody, LoginBody } from "./id-twitch.external.ts";

export interface FreshLogin {
  readonly accessToken: string;
  readonly refreshToken: string | undefined;
}

export interface DeviceCode {
  readonly deviceCode: string;
  /** What the person types in at `verificationUri`, if it is not in there already. */
  readonly userCode: string;
  readonly verificationUri: string;
  readonly expiresInMs: Millis;
  readonly pollEveryMs: Millis;
}

export type StartedDevice =
  | { readonly is: "started"; readonly device: DeviceCode }
  | { readonly is: "refused" | "away"; readonly problem: string };

export type PolledDevice =
  | { readonly is: "granted"; readonly login: FreshLogin }
  | { readonly is: "pending" }
  | { readonly is: "slow-down" }
  /** Twitch forgot the code: the person said no, the code was used, or its time was over. */
  | { readonly is: "gone"; readonly problem: string }
  | { readonly is: "refused"; readonly problem: string }
  | { readonly is: "away"; readonly problem: string };

export type ExchangedCode =
  | { readonly is: "granted"; readonly login: FreshLogin }
  | { readonly is: "refused" | "away"; readonly problem: string };

/** `unknown`: Twitch no longer knew the token, which is as good. */
export type Revoked =
  | { readonly is: "revoked" }
  | { readonly is: "unknown" }
  | { readonly is: "refused" | "away"; readonly problem: string };

export interface IdLogin {
  startDevice(scopes: readonly string[], signal?: AbortSignal): Promise<StartedDevice>;
  pollDevice(deviceCode: string, scopes: readonly string[], signal?: AbortSignal): Promise<PolledDevice>;
  exchangeCode(code: string, redirectUrl: string, signal?: AbortSignal): Promise<ExchangedCode>;
  revoke(accessToken: string): Promise<Revoked>;
}

const DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code";
/** RFC 8628: what counts when the server names none. */
const POLL_EVERY_MS: Millis = 5_000;
const MS_PER_S = 1_000;

export function makeIdLogin(using: {
  readonly baseUrl: string;
  readonly clientId: string;
  readonly clientSecret: string | undefined;
}): IdLogin {
  const ask = askId(using.baseUrl);
  const post = (path: string, fields: Readonly<Record<string, string>>, signal?: AbortSignal) =>
    ask(path, {
      method: "POST",
      body: new URLSearchParams({ client_id: using.clientId, ...fields }),
      ...(signal && { signal }),
    });
  const secret = using.clientSecret === undefined ? {} : { client_secret: using.clientSecret };
  return {
    startDevice: (scopes, signal) =>
      post("/device", { scopes: scopes.join(" ") }, signal).then(toStartedDevice, toAway),
    pollDevice: (deviceCode, scopes, signal) =>
      post(
        "/token",
        { ...secret, grant_type: DEVICE_GRANT, device_code: deviceCode, scopes: scopes.join(" ") },
        signal,
      ).then(toPolledDevice, toAway),
    exchangeCode: (code, redirectUrl, signal) =>
      post(
        "/token",
        { ...secret, grant_type: "authorization_code", code, redirect_uri: redirectUrl },
        signal,
      ).then(toExchangedCode, toAway),
    revoke: (accessToken) => post("/revoke", { token: accessToken }).then(toRevoked, toAway),
  };
}

const toAway = (problem: unknown): { readonly is: "away"; readonly problem: string } => ({
  is: "away",
  problem: toError(problem).message,
});

/** Pure. 4xx speaks of what was asked for; everything else of Twitch's own state. */
const isRefusal = (status: number): boolean => status >= 400 && status < 500 && status !== 429;

/** Pure. */
export function toStartedDevice({ status, body }: IdAnswer): StartedDevice {
  const problem = saidById(status, body);
  if (status !== 200) return { is: isRefusal(status) ? "refused" : "away", problem };
  const parsed = v.safeParse(DeviceBody, body);
  if (!parsed.success || !isWebAddress(parsed.output.verification_uri))
    return { is: "away", problem: "device answered in an unknown shape" };
  const { device_code, user_code, verification_uri, expires_in, interval } = parsed.output;
  return {
    is: "started",
    device: {
      deviceCode: device_code,
      userCode: user_code,
      verificationUri: verification_uri,
      expiresInMs: expires_in * MS_PER_S,
      pollEveryMs: interval && interval > 0 ? interval * MS_PER_S : POLL_EVERY_MS,
    },
  };
}

/** It is printed for a person to open: nothing else than a web page. */
const isWebAddress = (text: string): boolean =>
  URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);

/** Pure. Twitch says "invalid device code" of one that was refused, used or too old; OAuth has a word for each. */
export function toPolledDevice({ status, body }: IdAnswer): PolledDevice {
  const granted = toLogin(status, body);
  if (granted) return { is: "granted", login: granted };
  const problem = saidById(status, body);
  if (status === 429) return { is: "slow-down" };
  if (!isRefusal(status)) return { is: "away", problem };
  const words = (wordsOfId(body) ?? "").toLowerCase().replaceAll("_", " ");
  if (words.includes("authorization pending")) return { is: "pending" };
  if (words.includes("slow down")) return { is: "slow-down" };
  if (/invalid device code|expired token|access denied/.test(words)) return { is: "gone", problem };
  return { is: "refused", problem };
}

/** Pure. */
export function toExchangedCode({ status, body }: IdAnswer): ExchangedCode {
  const granted = toLogin(status, body);
  if (granted) return { is: "granted", login: granted };
  return { is: isRefusal(status) ? "refused" : "away", problem: saidById(status, body) };
}

function toLogin(status: number, body: unknown): FreshLogin | undefined {
  const parsed = v.safeParse(LoginBody, body);
  if (status !== 200 || !parsed.success) return undefined;
  return { accessToken: parsed.output.access_token, refreshToken: parsed.output.refresh_token };
}

/** Pure. */
export function toRevoked({ status, body }: IdAnswer): Revoked {
  if (status === 200) return { is: "revoked" };
  const problem = saidById(status, body);
  if (status === 400 && /invalid token/i.test(problem)) return { is: "unknown" };
  return { is: isRefusal(status) ? "refused" : "away", problem };
}

/** Pure: the page where a person says yes or no. `token`: the answer stays in their browser; the grant counts all the same. */
export function toAuthorizeUrl(asked: {
  readonly baseUrl: string;
  readonly clientId: string;
  readonly redirectUrl: string;
  readonly responseType: "code" | "token";
  readonly scopes: readonly string[];
  readonly state?: string;
  /** Asks also who agreed already, so that they can choose another account. */
  readonly isForced: boolean;
}): string {
  const parameters = new URLSearchParams({
    client_id: asked.clientId,
    redirect_uri: asked.redirectUrl,
    response_type: asked.responseType,
    scope: asked.scopes.join(" "),
    ...(asked.state === undefined ? {} : { state: asked.state }),
    ...(asked.isForced ? { force_verify: "true" } : {}),
  });
  return `${asked.baseUrl}/authorize?${parameters}`;
}
