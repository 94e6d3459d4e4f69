/** Pure: what becomes of a module's words before they may be said in a Twitch chat. */
import { withoutInvisible } from "../../invisible-text.ts";

/** Twitch's limit for one message, counted in UTF-16 units, which is never less than Twitch counts. */
export const CHAT_TEXT_MAX = 500;
const CUT_MARK = "…";
/** Twitch reads a leading / or . as its own command; the others are what bots, ours among them, listen to. */
const COMMAND_START = /^[/.\\!?$%&+~;:<>=^*_|`#-]/;
const HARMLESS_START = "» ";
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not get through
const CONTROL = /[\u0000-\u001F\u007F-\u009F]+/g;

export interface Speaker {
  readonly login: string;
  readonly displayName: string;
}

/** `to`: whom it answers. Without one, text that looks like a command is given a start that is none. */
export function toChatText(text: string, to: Speaker | undefined): string {
  const words = withoutInvisibleStart(text.replace(CONTROL, " "));
  if (words === "") return "";
  if (to) return cutText(`@${nameOf(to)} ${words}`, CHAT_TEXT_MAX);
  return cutText(COMMAND_START.test(words) ? HARMLESS_START + words : words, CHAT_TEXT_MAX);
}

/** At most `max` long with the mark of the cut, never through the middle of a character. */
export function cutText(text: string, max: number): string {
  if (text.length <= max) return text;
  let end = max - CUT_MARK.length;
  if (isHighSurrogate(text.charCodeAt(end - 1))) end -= 1;
  return text.slice(0, end).trimEnd() + CUT_MARK;
}

const isHighSurrogate = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdbff;

/** A command can't hide behind something nobody sees. Further inside, joiners belong to emoji. */
function withoutInvisibleStart(text: string): string {
  const trimmed = text.trim();
  const first = withoutInvisible(trimmed).trimStart().charAt(0);
  return first === "" ? "" : trimmed.slice(trimmed.indexOf(first));
}

/** A display name may be written in another script; what is no variant of the login is left out. */
export function nameOf({ login, displayName }: Speaker): string {
  return displayName.toLowerCase() === login ? displayName : login;
}
