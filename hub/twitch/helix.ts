/**
 * The house's only way to Helix: @twurple/api, fenced. Its retries, pacing by Twitch's own headers and types are
 * used; what it lacks is added here: deadlines on every request (one hung answer would hold up all others), a base
 * URL from the configuration, and a token that comes from the one owner.
 */
import { ApiClient } from "@twurple/api";
import { HttpStatusCodeError } from "@twurple/api-call";
import type { AccessTokenWithUserId, AuthProvider } from "@twurple/auth";
import type { Dispatcher } from "undici";
import type { Clock } from "../../shared/clock.ts";
import { KissError, toError } from "../../shared/errors.ts";
import { tokenFingerprint } from "../../shared/token-fingerprint.ts";
import { openHelixAgent, redirectTo, toFetchOptions } from "../../shared/twitch/helix-redirect.ts";
import {
  BOT_BUCKET,
  CHAT_BUCKET,
  type HelixPoints,
  makeHelixPoints,
  type PointsHeaders,
  parsePointsHeaders,
} from "../permits/helix-points.ts";
import type { TokenAnswer, TokenOwner } from "../tokens/token-owner.ts";

const CHAT_MESSAGES_PATH = "/chat/messages";

export interface HelixDoor {
  readonly api: ApiClient;
  /** What all who ask Helix have left. */
  readonly points: HelixPoints;
  close(): Promise<void>;
}

export function openHelix(using: {
  readonly baseUrl: string;
  readonly clientId: string;
  readonly tokens: TokenOwner;
  readonly clock: Clock;
}): HelixDoor {
  const agent = openHelixAgent();
  const points = makeHelixPoints(using.clock);
  const dispatcher = agent.compose(redirectTo(using.baseUrl), countPoints(points));
  const api = new ApiClient({
    authProvider: authProviderOf(using.clientId, using.tokens),
    fetchOptions: toFetchOptions(dispatcher),
    logger: { minLevel: "critical" },
  });
  return { api, points, close: () => agent.destroy() };
}

/** Each request is counted as it goes out; what its answer tells of the points is noted, whoever asked. */
function countPoints(points: HelixPoints): Dispatcher.DispatcherComposeInterceptor {
  return (dispatch) => (options, handler) => {
    const isChat = options.path.split("?")[0]?.endsWith(CHAT_MESSAGES_PATH);
    const bucket = isChat ? CHAT_BUCKET : BOT_BUCKET;
    let isAnswered = false;
    const answered = (headers: PointsHeaders | undefined) => {
      if (!isAnswered) points.answered(bucket, headers);
      isAnswered = true;
    };
    points.sent(bucket);
    return dispatch(options, {
      onRequestStart: (...about) => handler.onRequestStart?.(...about),
      onRequestUpgrade: (...about) => handler.onRequestUpgrade?.(...about),
      onResponseStart(controller, status, headers, text) {
        answered(parsePointsHeaders(headers));
        handler.onResponseStart?.(controller, status, headers, text);
      },
      onResponseData: (...about) => handler.onResponseData?.(...about),
      onResponseEnd: (...about) => handler.onResponseEnd?.(...about),
      onResponseError(controller, error) {
        answered(undefined);
        handler.onResponseError?.(controller, error);
      },
    });
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
