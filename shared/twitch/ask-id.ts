/** One request to id.twitch.tv, with a deadline; what it says when it refuses. */
import * as v from "valibot";
import type { Millis } from "../clock.ts";
import { ErrorBody } from "./id-twitch.external.ts";

const ANSWER_WITHIN_MS: Millis = 10_000;
const WORDS_MAX = 200;

export interface IdAnswer {
  readonly status: number;
  /** undefined: no JSON. */
  readonly body: unknown;
}

/** @throws when there is no answer in time */
export function askId(baseUrl: string): (path: string, init: RequestInit) => Promise<IdAnswer> {
  return async (path, init) => {
    const response = await fetch(`${baseUrl}${path}`, {
      ...init,
      signal: AbortSignal.any([AbortSignal.timeout(ANSWER_WITHIN_MS), ...(init.signal ? [init.signal] : [])]),
    });
    const body: unknown = await response.json().catch(() => undefined);
    return { status: response.status, body };
  };
}

/** Pure: Twitch's own words, which stand in `message`; `error` is where OAuth would have them. */
export function wordsOfId(body: unknown): string | undefined {
  const parsed = v.safeParse(ErrorBody, body);
  if (!parsed.success) return undefined;
  return (parsed.output.message ?? parsed.output.error)?.slice(0, WORDS_MAX);
}

/** Pure. */
export function saidById(status: number, body: unknown): string {
  const words = wordsOfId(body);
  return words ? `${status} ${words}` : String(status);
}
