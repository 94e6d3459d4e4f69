/** One Helix endpoint is one value in one file; `helix-door.ts` runs them all. */
import type { Application, Token, User, World } from "../world/world.ts";

export interface HelixEndpoint {
  readonly method: "GET" | "POST" | "PATCH" | "DELETE";
  /** Below /helix, with the leading slash. */
  readonly path: string;
  /** "user" = an app access token is refused. */
  readonly tokens: "any" | "user";
  /** A user token needs one of these; empty = none. App tokens carry no scopes and are not asked. */
  readonly scopes: readonly string[];
  answer(call: HelixCall): HelixAnswer;
}

export interface HelixCall {
  readonly world: World;
  readonly token: Token;
  readonly application: Application;
  /** Whose user token it is; undefined for an app token. */
  readonly caller: User | undefined;
  readonly query: URLSearchParams;
  /** The parsed JSON body; undefined when there was none or it was no JSON. */
  readonly body: unknown;
}

export type HelixAnswer = { readonly status: 200; readonly body: object } | { readonly status: 204 };

export function answerData(data: readonly object[], more: object = {}): HelixAnswer {
  return { status: 200, body: { data, ...more } };
}

export const ANSWER_EMPTY: HelixAnswer = { status: 204 };

/** Identity: it exists to name the contract at the place of definition. */
export function defineEndpoint(endpoint: HelixEndpoint): HelixEndpoint {
  return endpoint;
}
