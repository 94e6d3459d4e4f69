/** What the crowd's knowledge sounds like in chat. Pure: whatever the data, it fits into one message beside a name. */
import type { Domain } from "../../../shared/crowd/candidate.ts";
import type { CrowdReply, CrowdState } from "../../../shared/ipc/crowd-words.ts";
import { cutText } from "../../outputs/chat/chat-text.ts";

/** Three of them, a query and what stands around them make less than Twitch's 500. */
const TITLE_MAX = 55;
const QUERY_MAX = 40;

const SYMBOLS = [
  { from: 0.8, symbol: "⚛️" },
  { from: 0.6, symbol: "❓" },
] as const;
const UNSURE = "💫";

type Said<Is extends CrowdReply["is"]> = Extract<CrowdReply, { is: Is }>;

export const quoted = (query: string): string => `'${cutText(query, QUERY_MAX)}'`;

/** As it is typed behind !collapse: `music:` is needed where a game of the same name would be meant. */
const toCommandName = (domain: Domain, query: string) =>
  `${domain === "music" ? "music:" : ""}${query.length > QUERY_MAX ? "<nom>" : query}`;

/** `Hades (2020)`, `One More Time - Daft Punk (2000)` */
export function nameState({ candidate: { title, by, year } }: Pick<CrowdState, "candidate">): string {
  const name = by === undefined ? title : `${title} - ${by}`;
  return year === undefined ? cutText(name, TITLE_MAX) : `${cutText(name, TITLE_MAX)} (${year})`;
}

export function saySuperposition(
  { domain, states }: Said<"superposition">,
  query: string,
  prefix: string,
): string {
  const list = states.map((state, at) => `${at + 1}. ${describeState(state)}`);
  const how = `→ ${prefix}collapse ${toCommandName(domain, query)} <${states.length > 1 ? `1-${states.length}` : "1"}> pour confirmer`;
  return [`🔬 Superposition pour ${quoted(query)}:`, ...list, how].join(" | ");
}

function describeState(state: CrowdState): string {
  const { candidate, confidence, confirmations } = state;
  const symbol = SYMBOLS.find(({ from }) => confidence >= from)?.symbol ?? UNSURE;
  const score =
    candidate.criticScore !== undefined
      ? ` - 🏆 ${Math.round(candidate.criticScore)}/100`
      : candidate.rating !== undefined
        ? ` - ⭐ ${candidate.rating.toFixed(1)}/5`
        : "";
  return `${symbol} ${nameState(state)}${score} (conf: ${confidence.toFixed(2).replace(/0$/, "")})${confirmations > 0 ? " ✅" : ""}`;
}

export function sayCollapsed({ state }: Said<"collapsed">): string {
  const { confirmations } = state;
  return `🔒 ${nameState(state)} - CONFIRMÉ ✅ (${confirmations} confirmation${confirmations > 1 ? "s" : ""})`;
}

export const sayHasCollapsed = ({ state }: Said<"collapsed">, query: string, by: string): string =>
  `💥 @${by} a fait collapse ${quoted(query)} → ${nameState(state)} ✅ État figé !`;

export const sayConfirmed = ({ state, needed }: Said<"confirmed">, query: string, by: string): string =>
  `👍 @${by} confirme ${quoted(query)} → ${nameState(state)} (${state.confirmations}/${needed}, conf: ${state.confidence.toFixed(2).replace(/0$/, "")})`;

export const sayUndone = ({ state }: Said<"undone">, query: string, by: string): string =>
  `↩️ @${by} a annulé le collapse de ${quoted(query)} (c'était ${nameState(state)}) : retour en superposition`;

export const sayOtherwise = (
  { state, domain }: Said<"collapsed-otherwise">,
  query: string,
  prefix: string,
): string =>
  `🔒 ${quoted(query)} est déjà figé sur ${nameState(state)} ; d'abord ${prefix}collapse undo ${toCommandName(domain, query)}`;

export function sayCounts({ game, music }: Said<"counts">): string {
  const verified = ({ states, verified }: Said<"counts">["game"]) =>
    states === 0 ? 0 : Math.round((verified / states) * 100);
  return [
    "🔬 Système Quantique",
    `GAME: ${game.superpositions} jeux`,
    `${game.states} superpositions`,
    `${verified(game)}% verified`,
    `MUSIC: ${music.superpositions} tracks`,
    `${verified(music)}% verified`,
  ].join(" | ");
}

export const sayEvaporated = ({ game, music }: Said<"decohered">): string =>
  `💨 Décohérence globale | GAME: ${game} évaporés | MUSIC: ${music} évaporés`;

export function sayDecohered({ game, music, queries }: Said<"decohered">, asked: readonly string[]): string {
  if (queries.length === 0) return `Aucun état trouvé: ${cutText(asked.join(", "), 2 * TITLE_MAX)}`;
  return `💨 États supprimés: ${cutText(queries.join(", "), 2 * TITLE_MAX)} (${game + music} total)`;
}

const AWAY: Readonly<Record<Said<"source-away">["because"] | "hub", string>> = {
  busy: "⏳ Trop de recherches en même temps, réessaie dans quelques secondes",
  away: "❌ La recherche ne répond pas, réessaie plus tard",
  off: "❌ Cette recherche n'est pas activée",
  hub: "❌ Le système quantique ne répond pas, réessaie plus tard",
};
export const sayAway = (because: keyof typeof AWAY): string => AWAY[because];
