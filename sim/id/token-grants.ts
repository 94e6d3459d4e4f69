/**
 * POST /oauth2/token: one function per grant, each answering with a token or with the words Twitch refuses in.
 * Source of the shapes: docs/authentication/getting-tokens-oauth and /refresh-tokens at dev.twitch.tv; the exact
 * sentences are those quoted in public bug reports (twitchdev/issues #943, #1037).
 */
import type { Application, Token, World } from "../world/world.ts";
import { isPublic, issueAppToken, issueUserToken, refreshUserToken } from "./issue-token.ts";
import type { LoginDesk } from "./login-desk.ts";
import type { Parameters } from "./parameters.ts";

export type TokenAnswer =
  | { readonly is: "issued"; readonly token: Token }
  | { readonly is: "refused"; readonly status: 400 | 403; readonly message: string };

interface GrantCall {
  readonly world: World;
  readonly logins: LoginDesk;
  readonly application: Application;
  readonly parameters: Parameters;
}

const GRANTS: ReadonlyMap<string, (call: GrantCall) => TokenAnswer> = new Map([
  ["authorization_code", exchangeCode],
  ["client_credentials", grantToApp],
  ["refresh_token", refresh],
  ["urn:ietf:params:oauth:grant-type:device_code", exchangeDeviceCode],
]);

export function answerTokenRequest(world: World, logins: LoginDesk, parameters: Parameters): TokenAnswer {
  const clientId = parameters.get("client_id");
  if (!clientId) return refuse(400, "missing client id");
  const application = world.applications.get(clientId);
  if (!application) return refuse(400, "invalid client");
  const grantType = parameters.get("grant_type");
  if (!grantType) return refuse(400, "missing grant type");
  const grant = GRANTS.get(grantType);
  return grant ? grant({ world, logins, application, parameters }) : refuse(400, "invalid grant type");
}

function exchangeCode({ world, logins, application, parameters }: GrantCall): TokenAnswer {
  const wrong = checkSecret(application, parameters);
  if (wrong) return wrong;
  const code = parameters.get("code");
  if (!code) return refuse(400, "missing code");
  const redirectUri = parameters.get("redirect_uri") ?? "";
  if (!application.redirectUris.includes(redirectUri))
    return refuse(400, "Parameter redirect_uri does not match registered URI");
  const consent = logins.takeCode(code, application.clientId, redirectUri);
  return consent ? issued(issueUserToken(world, consent)) : refuse(400, "Invalid authorization code");
}

function grantToApp({ world, application, parameters }: GrantCall): TokenAnswer {
  if (isPublic(application)) return refuse(403, "invalid client secret");
  return (
    checkSecret(application, parameters) ?? issued(issueAppToken(world, { clientId: application.clientId }))
  );
}

function refresh({ world, application, parameters }: GrantCall): TokenAnswer {
  const wrong = checkSecret(application, parameters);
  if (wrong) return wrong;
  const refreshToken = parameters.get("refresh_token");
  if (!refreshToken) return refuse(400, "missing refresh token");
  const known = [...world.tokens.values()].find(
    (token) => token.refreshToken === refreshToken && token.clientId === application.clientId,
  );
  const isStale = known?.refreshableUntil !== undefined && known.refreshableUntil <= world.clock.now();
  const token = known && !isStale ? refreshUserToken(world, known, application) : undefined;
  return token ? issued(token) : refuse(400, "Invalid refresh token");
}

/** No secret is asked for here, not even of a confidential client: only its later refresh needs one. */
function exchangeDeviceCode({ world, logins, application, parameters }: GrantCall): TokenAnswer {
  const deviceCode = parameters.get("device_code");
  if (!deviceCode) return refuse(400, "missing device code");
  const poll = logins.takeDevice(deviceCode, application.clientId);
  switch (poll.is) {
    case "approved":
      return issued(issueUserToken(world, poll.consent));
    case "pending":
      return refuse(400, "authorization_pending");
    case "unknown":
      return refuse(400, "invalid device code");
  }
}

function checkSecret(application: Application, parameters: Parameters): TokenAnswer | undefined {
  if (isPublic(application)) return undefined;
  const secret = parameters.get("client_secret");
  if (!secret) return refuse(400, "missing client secret");
  return secret === application.clientSecret ? undefined : refuse(403, "invalid client secret");
}

function issued(token: Token): TokenAnswer {
  return { is: "issued", token };
}

function refuse(status: 400 | 403, message: string): TokenAnswer {
  return { is: "refused", status, message };
}

/** The body of a granted request. Twitch leaves `scope` out when there is none. */
export function toTokenBody(token: Token, now: number): object {
  return {
    access_token: token.accessToken,
    expires_in: toSecondsLeft(token, now),
    ...(token.refreshToken === undefined ? {} : { refresh_token: token.refreshToken }),
    ...(token.scopes.length === 0 ? {} : { scope: token.scopes }),
    token_type: "bearer",
  };
}

export function toSecondsLeft(token: Token, now: number): number {
  return Math.max(0, Math.floor((token.expiresAt - now) / 1000));
}
