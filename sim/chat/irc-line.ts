/**
 * IRC lines as Twitch writes and reads them: RFC 1459 with IRCv3 message tags. Parsing never throws and takes time
 * linear in the length of the line, whatever a client sends; writing can never produce more than one line.
 */

/** What a client sent. The trailing parameter, if there was one, is simply the last of `params`. */
export interface IrcLine {
  readonly tags: ReadonlyMap<string, string>;
  readonly prefix: string | undefined;
  /** Upper case. */
  readonly command: string;
  readonly params: readonly string[];
}

export type Capability = "tags" | "commands" | "membership";

/** What the server says. */
export interface ServerLine {
  /** Told only to clients that asked for this capability. */
  readonly needs?: Capability;
  readonly tags?: Readonly<Record<string, string>>;
  readonly prefix?: string;
  readonly command: string;
  readonly params: readonly string[];
  /** Written behind a colon; may hold spaces, may be empty. */
  readonly trailing?: string;
}

export const SERVER_NAME = "tmi.twitch.tv";

const UNESCAPED: Readonly<Record<string, string>> = { ":": ";", s: " ", r: "\r", n: "\n", "\\": "\\" };
const ESCAPED: Readonly<Record<string, string>> = {
  ";": "\\:",
  " ": "\\s",
  "\r": "\\r",
  "\n": "\\n",
  "\\": "\\\\",
};

/** IRCv3: a lone backslash at the end is dropped, a needless one before any other letter too. */
export function unescapeTagValue(value: string): string {
  return value.replace(/\\(.?)/gsu, (_, letter: string) => UNESCAPED[letter] ?? letter);
}

export function escapeTagValue(value: string): string {
  return value.replace(/[; \r\n\\]/g, (letter) => ESCAPED[letter] ?? letter);
}

function parseTags(text: string): ReadonlyMap<string, string> {
  const tags = new Map<string, string>();
  for (const pair of text.split(";")) {
    const equals = pair.indexOf("=");
    const key = equals === -1 ? pair : pair.slice(0, equals);
    if (key !== "") tags.set(key, equals === -1 ? "" : unescapeTagValue(pair.slice(equals + 1)));
  }
  return tags;
}

/** The next word from `from` on, and where the one after it begins. Runs of spaces count as one. */
function takeWord(raw: string, from: number): { readonly word: string; readonly next: number } {
  const space = raw.indexOf(" ", from);
  if (space === -1) return { word: raw.slice(from), next: raw.length };
  return { word: raw.slice(from, space), next: skipSpaces(raw, space) };
}

function skipSpaces(raw: string, from: number): number {
  let at = from;
  while (raw[at] === " ") at += 1;
  return at;
}

/** Undefined when there is no command in it: such a line is ignored, as Twitch ignores it. */
export function parseIrcLine(raw: string): IrcLine | undefined {
  let at = skipSpaces(raw, 0);
  let tags: ReadonlyMap<string, string> = new Map();
  let prefix: string | undefined;
  if (raw[at] === "@") {
    const { word, next } = takeWord(raw, at + 1);
    tags = parseTags(word);
    at = next;
  }
  if (raw[at] === ":") {
    const { word, next } = takeWord(raw, at + 1);
    prefix = word;
    at = next;
  }
  const { word: command, next } = takeWord(raw, at);
  if (command === "") return undefined;
  return { tags, prefix, command: command.toUpperCase(), params: parseParams(raw, next) };
}

function parseParams(raw: string, from: number): readonly string[] {
  const params: string[] = [];
  let at = from;
  while (at < raw.length) {
    if (raw[at] === ":") {
      params.push(raw.slice(at + 1));
      break;
    }
    const { word, next } = takeWord(raw, at);
    params.push(word);
    at = next;
  }
  return params;
}

const LINE_BREAKERS = ["\r", "\n", "\0"];

/** Nothing a viewer typed may start a second line. */
function toOneLine(text: string): string {
  return LINE_BREAKERS.reduce((clean, breaker) => clean.replaceAll(breaker, ""), text);
}

/** Twitch writes its tags in the order of `key=`, so `…-sub-plan-name` comes before `…-sub-plan`. */
function toTagText(tags: Readonly<Record<string, string>>): string {
  return Object.entries(tags)
    .map(([key, value]) => ({ key: `${key}=`, value: escapeTagValue(value) }))
    .sort((a, b) => (a.key < b.key ? -1 : 1))
    .map(({ key, value }) => key + value)
    .join(";");
}

/** The line without its CR LF. */
export function toIrcText(
  line: ServerLine,
  using: { readonly withTags: boolean } = { withTags: true },
): string {
  const parts: string[] = [];
  if (using.withTags && line.tags) parts.push(`@${toTagText(line.tags)}`);
  if (line.prefix !== undefined) parts.push(`:${line.prefix}`);
  parts.push(line.command, ...line.params);
  if (line.trailing !== undefined) parts.push(`:${line.trailing}`);
  return toOneLine(parts.join(" "));
}
