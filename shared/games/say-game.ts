/** Pure: what is said in chat of a game. Whatever the data, it fits into one message beside the name it is addressed to. */
import type { Certainty, GameFacts, GameOption } from "./game-facts.ts";
import { OPTIONS_MAX } from "./game-facts.ts";

/** Twitch's 500, without the room for "@name " before it. */
export const SAID_MAX = 470;
const SUMMARY_SAID_MAX = 150;
const NAME_SAID_MAX = 120;
const WORD_SAID_MAX = 40;
const QUERY_SAID_MAX = 60;
const MAKERS_SAID = 2;
const PLATFORMS_SAID = 3;
const POINTS_A_STAR = 20;
const CUT = "...";

const ICONS: Readonly<Record<Certainty, string>> = { HIGH: "🔥", MEDIUM: "✅", LOW: "⚠️" };

/** `🎮 Name 🚧 (year) - Dev: … - Pub: … - ⭐ 4.2/5 - 🕹️ … | summary... - 🔥 HIGH (2 sources)` */
export function sayGame(facts: GameFacts): string {
  const { certainty, sources } = facts;
  const end = ` - ${ICONS[certainty]} ${certainty} (${sources.length} source${sources.length > 1 ? "s" : ""})`;
  const start = sayGameBriefly(facts);
  const room = Math.min(SUMMARY_SAID_MAX, SAID_MAX - start.length - end.length - " | ".length);
  const summary = facts.summary ? cut(facts.summary, room) : "";
  return `${start}${summary === "" ? "" : ` | ${summary}`}${end}`;
}

/** The same without summary and certainty. */
export function sayGameBriefly(facts: GameFacts): string {
  const stars = starsOf(facts);
  const parts = [
    `🎮 ${cut(facts.name, NAME_SAID_MAX)}${facts.isEarlyAccess ? " 🚧" : ""}${yearOf(facts)}`,
    named("Dev: ", facts.developers, MAKERS_SAID),
    named("Pub: ", facts.publishers, MAKERS_SAID),
    stars === undefined ? "" : `⭐ ${stars.toFixed(1)}/5`,
    named("🕹️ ", facts.platforms, PLATFORMS_SAID),
  ];
  return parts.filter((part) => part !== "").join(" - ");
}

/** `📝 Name (year): summary` */
export function saySummary(facts: GameFacts): string | undefined {
  const summary = withoutLeadingName(facts.summary ?? "", facts.name);
  if (summary === "") return undefined;
  const start = `📝 ${cut(facts.name, NAME_SAID_MAX)}${yearOf(facts)}: `;
  return start + cutAtSentence(summary, SUMMARY_LINE_MAX - start.length);
}
const SUMMARY_LINE_MAX = 300;

/** `Channel joue actuellement à 🎮 … | summary` */
export function sayPlaying(channel: string, facts: GameFacts): string {
  const start = `${channel} joue actuellement à ${sayGameBriefly(facts)}`;
  const summary = facts.summary
    ? cutAtSentence(facts.summary, PLAYING_LINE_MAX - start.length - " | ".length)
    : "";
  return summary === "" ? start : `${start} | ${summary}`;
}
const PLAYING_LINE_MAX = 450;

/** `🔍 Plusieurs jeux trouvés pour 'doom' : 1. DOOM (2016) | 2. Doom (1993) → réponds 1 ou 2` */
export function sayOptions(query: string, options: readonly GameOption[]): string {
  const shown = options.slice(0, OPTIONS_MAX);
  const list = shown.map((one, at) => `${at + 1}. ${cut(one.name, OPTION_SAID_MAX)}${yearOf(one)}`);
  if (list.length === 1) return `🔍 Aucun '${sayQuery(query)}', mais peut-être : ${list[0]} → réponds 1`;
  const numbers = shown.map((_, at) => at + 1);
  const which = `${numbers.slice(0, -1).join(", ")} ou ${numbers.at(-1)}`;
  return `🔍 Plusieurs jeux trouvés pour '${sayQuery(query)}' : ${list.join(" | ")} → réponds ${which}`;
}
const OPTION_SAID_MAX = 80;

/** What a viewer typed, short enough to be quoted. */
export const sayQuery = (query: string): string => cut(query.replace(/\s+/g, " ").trim(), QUERY_SAID_MAX);

const yearOf = ({ year }: { readonly year?: number | undefined }): string =>
  year === undefined ? "" : ` (${year})`;

function starsOf({ metacritic, rating }: GameFacts): number | undefined {
  if (metacritic !== undefined && metacritic > 0) return metacritic / POINTS_A_STAR;
  return rating !== undefined && rating > 0 ? rating : undefined;
}

const named = (label: string, names: readonly string[], most: number): string =>
  names.length === 0
    ? ""
    : label +
      names
        .slice(0, most)
        .map((one) => cut(one, WORD_SAID_MAX))
        .join(", ");

const DASHES = /^[\s:,\u2013\u2014-]+/;

/** "Hades is a rogue-like…" said of Hades says its name twice. */
function withoutLeadingName(summary: string, name: string): string {
  if (!summary.toLowerCase().startsWith(name.toLowerCase())) return summary;
  const rest = summary.slice(name.length);
  return DASHES.test(rest) && !/^\s+\p{L}/u.test(rest) ? rest.replace(DASHES, "") : summary;
}

const SENTENCE_FROM = 0.7;
const SPACE_FROM = 0.8;

/** At the end of a sentence when enough was said by then, else between two words, else anywhere. */
export function cutAtSentence(text: string, room: number): string {
  if (text.length <= room) return text;
  if (room <= CUT.length) return "";
  const head = text.slice(0, room);
  const sentence = head.lastIndexOf(". ");
  if (sentence >= room * SENTENCE_FROM) return head.slice(0, sentence + 1);
  const space = text.slice(0, room - CUT.length).lastIndexOf(" ");
  return space >= room * SPACE_FROM ? head.slice(0, space) + CUT : cut(text, room);
}

/** At most `room` long, never through the middle of a character. */
export function cut(text: string, room: number): string {
  if (text.length <= room) return text;
  if (room <= CUT.length) return "";
  let end = room - CUT.length;
  if (/[\uD800-\uDBFF]/.test(text.charAt(end - 1))) end -= 1;
  return text.slice(0, end).trimEnd() + CUT;
}
