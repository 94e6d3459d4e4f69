/**
 * Helix for EventSub's own business, one identity each. Not the library's client: that one tries a failed POST
 * again by itself, waits silently when the points are spent, and lets one hung answer hold up all others. Here each
 * request is made once (twice when the token itself was refused, with a fresh one), has a deadline, and its answer
 * tells what is left of the points.
 */
import { type Agent, request } from "undici";
import * as v from "valibot";
import type { Millis } from "../../shared/clock.ts";
import { toError } from "../../shared/errors.ts";
import { tokenFingerprint } from "../../shared/token-fingerprint.ts";
import {
  type HelixPoints,
  type PointsAsker,
  type PointsHeaders,
  parsePointsHeaders,
  type Room,
} from "../permits/helix-points.ts";

/** Where this identity's access token comes from. */
export interface Bearer {
  get(): Promise<BearerAnswer>;
  /** Twitch refused the token with this fingerprint. */
  replace(rejected: string): Promise<BearerAnswer>;
}
export type BearerAnswer =
  | { readonly is: "token"; readonly accessToken: string }
  | { readonly is: "refused"; readonly problem: string }
  | { readonly is: "away"; readonly problem: string };

export interface HelixRequest {
  readonly method: "GET" | "POST" | "PATCH" | "DELETE";
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: object;
}

export type HelixAnswer =
  | { readonly is: "answer"; readonly status: number; readonly body: unknown; readonly message: string }
  /** The points are spent; this request was not served. */
  | { readonly is: "paced"; readonly waitMs: Millis }
  /** The network, Twitch's servers, or id.twitch.tv. */
  | {
      readonly is: "away";
      readonly problem: string;
      /** It did not reach Twitch. Left out: it may have. */
      readonly neverSent?: true;
    }
  /** No token, or none that Twitch takes. */
  | {
      readonly is: "unauthorised";
      readonly problem: string;
      /** The token is good, and lacks what was never granted: a fresh one would lack it, too. */
      readonly lacksScope?: true;
    };

export interface HelixCaller {
  call(asked: HelixRequest): Promise<HelixAnswer>;
  /** What this identity's limit leaves. */
  room(asker: PointsAsker): Room;
}

const ANSWER_WITHIN_MS: Millis = 10_000;
const PACED_WAIT_LEAST_MS: Millis = 500;
const MESSAGE_MAX = 200;
/** Twitch's own words, to a user's token and to the application's. */
const LACKS_SCOPE = /^missing (?:required )?scope|must have authorized the app/i;
const ErrorBody = v.object({ message: v.string() });

export function makeHelixCaller(using: {
  readonly baseUrl: string;
  readonly clientId: string;
  readonly bearer: Bearer;
  readonly agent: Agent;
  /** Where all who speak as this identity count, and its name there. */
  readonly account: HelixPoints;
  readonly bucket: string;
}): HelixCaller {
  const { bearer, account, bucket } = using;

  const ask = async (asked: HelixRequest, accessToken: string) => {
    const url = new URL(`${using.baseUrl}${asked.path}`);
    for (const [name, value] of Object.entries(asked.query ?? {})) url.searchParams.set(name, value);
    const { statusCode, headers, body } = await request(url, {
      method: asked.method,
      dispatcher: using.agent,
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
      headers: {
        authorization: `Bearer ${accessToken}`,
        "client-id": using.clientId,
        ...(asked.body && { "content-type": "application/json" }),
      },
      ...(asked.body && { body: JSON.stringify(asked.body) }),
    });
    return { statusCode, headers, text: await body.text() };
  };
  const send = async (asked: HelixRequest, accessToken: string) => {
    account.sent(bucket);
    let headers: PointsHeaders | undefined;
    try {
      const answer = await ask(asked, accessToken);
      headers = parsePointsHeaders(answer.headers);
      return { status: answer.statusCode, text: answer.text };
    } finally {
      account.answered(bucket, headers);
    }
  };
  const points = () => account.told(bucket);

  const sort = (status: number, text: string): HelixAnswer => {
    const body = parseJson(text);
    const said = v.safeParse(ErrorBody, body);
    const message = (said.success ? said.output.message : status >= 400 ? text : "").slice(0, MESSAGE_MAX);
    const problem = `${status} ${message}`.trim();
    if (status === 401)
      return { is: "unauthorised", problem, ...(LACKS_SCOPE.test(message) && { lacksScope: true }) };
    if (status >= 500 || status === 408) return { is: "away", problem };
    // Also a limit of another kind is told by 429: then there are points left, and the words say what it is.
    if (status === 429 && (points()?.remaining ?? 0) === 0 && !isAboutSubscriptions(message))
      return { is: "paced", waitMs: Math.max(PACED_WAIT_LEAST_MS, points()?.fullInMs ?? 0) };
    return { is: "answer", status, body, message };
  };

  return {
    room: (asker) => account.room(asker, bucket),
    async call(asked) {
      try {
        const token = await bearer.get();
        if (token.is !== "token") return toAnswer(token);
        const first = await send(asked, token.accessToken);
        const answer = sort(first.status, first.text);
        if (answer.is !== "unauthorised" || answer.lacksScope) return answer;
        const other = await bearer.replace(tokenFingerprint(token.accessToken));
        if (other.is !== "token") return toAnswer(other);
        const second = await send(asked, other.accessToken);
        return sort(second.status, second.text);
      } catch (problem) {
        return {
          is: "away",
          problem: toError(problem).message,
          ...(isNoConnection(problem) && { neverSent: true }),
        };
      }
    },
  };
}

const toAnswer = (bearer: Exclude<BearerAnswer, { is: "token" }>): HelixAnswer =>
  bearer.is === "away" ? { ...bearer, neverSent: true } : { is: "unauthorised", problem: bearer.problem };

/** A bare 429 may lack Helix's headers; these words speak of what was asked for and not of how often. */
const isAboutSubscriptions = (message: string): boolean =>
  /cost|transport|subscription|conduit|shard/i.test(message);

const NO_CONNECTION: ReadonlySet<unknown> = new Set([
  "ECONNREFUSED",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOTFOUND",
  "EAI_AGAIN",
  "UND_ERR_CONNECT_TIMEOUT",
]);

/** There was nobody to send it to. */
const isNoConnection = (problem: unknown): boolean =>
  problem instanceof Error && "code" in problem && NO_CONNECTION.has(problem.code);

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
