/** Ways to Helix for @twurple/api: connections with deadlines, and another address than Twitch's own. */
import type { ApiClient } from "@twurple/api";
import { Agent, type Dispatcher } from "undici";
import type { Millis } from "../clock.ts";
import { TWITCH_URLS } from "../config/twitch-urls.ts";

const CONNECT_WITHIN_MS: Millis = 5_000;
const ANSWER_WITHIN_MS: Millis = 10_000;

/** Connections with deadlines; whoever opens it destroys it. */
export const openHelixAgent = (): Agent =>
  new Agent({
    connect: { timeout: CONNECT_WITHIN_MS },
    headersTimeout: ANSWER_WITHIN_MS,
    bodyTimeout: ANSWER_WITHIN_MS,
  });

/** Requests to Twitch's Helix address go to `baseUrl` instead; nothing else is touched. */
export function redirectTo(baseUrl: string): Dispatcher.DispatcherComposeInterceptor {
  const from = new URL(TWITCH_URLS.helix);
  const to = new URL(baseUrl);
  return (dispatch) => (options, handler) => {
    if (options.origin?.toString() !== from.origin || !options.path.startsWith(from.pathname))
      return dispatch(options, handler);
    const path = to.pathname.replace(/\/$/, "") + options.path.slice(from.pathname.length);
    return dispatch({ ...options, origin: to.origin, path }, handler);
  };
}

type FetchOptions = NonNullable<ConstructorParameters<typeof ApiClient>[0]["fetchOptions"]>;

/** Node's own fetch takes this dispatcher; its bundled undici's types and the package's differ in name only. */
export const toFetchOptions = (dispatcher: Dispatcher): FetchOptions =>
  ({ dispatcher }) as unknown as FetchOptions;
