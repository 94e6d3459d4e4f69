/**
 * Twitch refuses a line identical to the previous one of the last 30 seconds from whoever does not moderate the
 * channel. Repeated text gets invisible marks at its end, as many as make it unlike everything said in that time.
 */
import type { Millis } from "../../../shared/clock.ts";
import { CHAT_TEXT_MAX, cutText } from "./chat-text.ts";

export const DUPLICATE_WITHIN_MS: Millis = 30_000;
/** U+E0000, long the usual mark, is taken out by Twitch since August 2025 (Chatterino/chatterino2#6417). */
const MARK = "\u034F";

export interface Said {
  readonly text: string;
  readonly at: Millis;
}

/** Pure. */
export function stepDistinctText(
  recent: readonly Said[],
  text: string,
  now: Millis,
): { readonly text: string; readonly recent: readonly Said[] } {
  const young = recent.filter((said) => now - said.at < DUPLICATE_WITHIN_MS);
  const taken = new Set(young.map((said) => said.text));
  let marks = 0;
  let distinct = text;
  while (taken.has(distinct)) {
    marks += 1;
    distinct = withMarks(text, marks);
  }
  return { text: distinct, recent: [...young, { text: distinct, at: now }] };
}

function withMarks(text: string, marks: number): string {
  const end = ` ${MARK.repeat(marks)}`;
  return cutText(text, CHAT_TEXT_MAX - end.length) + end;
}
