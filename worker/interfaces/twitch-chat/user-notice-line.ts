/**
 * Pure: a USERNOTICE as Twitch writes it → its tags and text. Read by ourselves: twurple makes objects of each kind
 * of notice and leaves tags out, and what it does not know it drops.
 */
import type { Tags } from "./chat-line.ts";

export interface UserNoticeLine {
  readonly tags: Tags;
  /** What the user said with it. */
  readonly text: string;
}

const LINE = /^@(?<tags>[^ ]+) +:tmi\.twitch\.tv +USERNOTICE +#[a-z0-9_]+(?: +:(?<text>.*))?$/s;
const UNESCAPED: Readonly<Record<string, string>> = { ":": ";", s: " ", r: "\r", n: "\n", "\\": "\\" };

export function parseUserNoticeLine(line: string): UserNoticeLine | undefined {
  const found = LINE.exec(line)?.groups;
  return found && { tags: parseTags(found.tags ?? ""), text: found.text ?? "" };
}

function parseTags(text: string): Tags {
  return new Map(
    text.split(";").map((pair) => {
      const equals = pair.indexOf("=");
      return equals === -1 ? [pair, ""] : [pair.slice(0, equals), unescapeValue(pair.slice(equals + 1))];
    }),
  );
}

/** IRCv3: a backslash that escapes nothing is dropped. */
const unescapeValue = (value: string): string =>
  value.replace(/\\(.?)/gsu, (_, letter: string) => UNESCAPED[letter] ?? letter);
