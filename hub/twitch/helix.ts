/**
 * The house's only way to Helix: @twurple/api, fenced. Its retries, pacing by Twitch's own headers and types are
 * used; what it lacks is added here: deadlines on every request (one hung answer would hold up all others), a base
 * URL from the configuration, and a token that comes from the one owner.
 */
import { ApiClient } from "@twurple/api";
import { HttpStatusCodeError } from "@twurple/api-call";
import type { AccessTokenWithUserId, AuthProvider } from "@twurple/auth";
import { Agent, type Dispatcher } from "undici";
import type { Millis } from "../../shared/clock.ts";
import { TWITCH_URLS } from "../../shared/config.ts";
import { KissError, toError } from "../../shared/errors.ts";
import { tokenFingerprint } from "../../shared/token-fingerprint.ts";
import type { TokenAnswer, TokenOwner } from "../tokens/token-owner.ts";

const CONNECT_WITHIN_MS: Millis = 5_000;
const ANSWER_WITHIN_MS: Millis = 10_000;

export interface HelixDoor {
  readonly api: ApiClient;
  close(): Promise<void>;
}

export function openHelix(using: {
  readonly baseUrl: string;
  readonly clientId: string;
  readonly tokens: TokenOwner;
}): HelixDoor {
  const agent = new Agent({
    connect: { timeout: CONNECT_WITHIN_MS },
    headersTimeout: ANSWER_WITHIN_MS,
    bodyTimeout: ANSWER_WITHIN_MS,
  });
  const dispatcher = agent.compose(redirectTo(using.baseUrl));
  const api = new ApiClient({
    authProvider: authProviderOf(using.clientId, using.tokens),
    // Node's own fetch takes this dispatcher; its bundled undici's types and the package's differ in name only.
    fetchOptions: { dispatcher } as unknown as NonNullable<
      ConstructorParameters<typeof ApiClient>[0]["fetchOptions"]
    >,
    logger: { minLevel: "critical" },
  });
  return { api, close: () => agent.destroy() };
}

/** Requests to Twitch's Helix address go to `baseUrl` instead; nothing else is touched. */
function redirectTo(baseUrl: string): Dispatcher.DispatcherComposeInterceptor {
  const from = new URL(TWITCH_URLS.helix);
  const to = new URL(baseUrl);
  return (dispatch) => (options, handler) => {
    if (options.origin?.toString() !== from.origin || !options.path.startsWith(from.pathname))
      return dispatch(options, handler);
    const path = to.pathname.replace(/\/$/, "") + options.path.slice(from.pathname.length);
    return dispatch({ ...options, origin: to.origin, path }, handler);
  };
}

function authProviderOf(clientId: string, tokens: TokenOwner): AuthProvider {
  let lastHandedOut = "";
  const hand = (answer: TokenAnswer): AccessTokenWithUserId => {
    if (answer.is !== "token")
      throw new KissError(answer.is === "away" ? "twitch-away" : "needs-reauth", answer.problem);
    const { token } = answer;
    lastHandedOut = token.accessToken;
    return {
      accessToken: token.accessToken,
      userId: token.facts.userId,
      scope: [...token.facts.scopes],
      // The owner keeps the refresh token and the time; to the library this token is simply good.
      refreshToken: null,
      expiresIn: null,
      obtainmentTimestamp: 0,
    };
  };
  const current = async () => hand(await tokens.get());
  return {
    clientId,
    getCurrentScopesForUser: () => [...(tokens.state().token?.facts.scopes ?? [])],
    getAccessTokenForUser: current,
    getAnyAccessToken: current,
    refreshAccessTokenForUser: async () => hand(await tokens.replace(tokenFingerprint(lastHandedOut))),
  };
}

/** How a Helix call ended, sorted by what the caller should do. Everything foreign passes here. */
export type HelixFailure = {
  /** `refused`: Twitch said no, and will again. `away`: try later. */
  readonly is: "refused" | "away" | "needs-reauth";
  readonly status: number | undefined;
  readonly problem: string;
};

export function toHelixFailure(thrown: unknown): HelixFailure {
  if (thrown instanceof HttpStatusCodeError) {
    const { statusCode } = thrown;
    const problem = `${statusCode} ${messageOf(thrown.body)}`;
    if (statusCode === 401) return { is: "needs-reauth", status: statusCode, problem };
    const isTheirs = statusCode >= 500 || statusCode === 429 || statusCode === 408;
    return { is: isTheirs ? "away" : "refused", status: statusCode, problem };
  }
  if (thrown instanceof KissError && thrown.code === "needs-reauth") {
    return { is: "needs-reauth", status: undefined, problem: thrown.message };
  }
  return { is: "away", status: undefined, problem: toError(thrown).message };
}

function messageOf(body: string): string {
  try {
    const parsed: unknown = JSON.parse(body);
    if (typeof parsed === "object" && parsed !== null && "message" in parsed)
      return String(parsed.message).slice(0, 200);
  } catch {
    // Not JSON: then the first words will do.
  }
  return body.slice(0, 100);
}
