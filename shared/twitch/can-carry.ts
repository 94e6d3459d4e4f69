/** Pure: which topics a transport and its token can carry, and which scopes a login must have for them. */
import { type Grant, type ScopeSets, type Topic, topicRow } from "./topics.ts";

/** `websocket` speaks with the bot's token, `conduit` with the application's. */
export type TransportKind = "websocket" | "conduit";

export interface Carriage {
  readonly transport: TransportKind;
  /** What the bot's login has granted. */
  readonly botScopes: readonly string[];
  readonly isBotsOwnChannel: boolean;
}

export type CanCarry =
  | { readonly is: "yes" }
  /** `needs-reauth`: another login would mend it; `refused`: no login would, on this transport. */
  | { readonly is: "no"; readonly code: "needs-reauth" | "refused"; readonly reason: string };

/** An application reads chat as a bot only where the bot said that it is one, and the broadcaster lets it in. */
const APP_READS_AS_BOT = "user:bot";
const APP_IS_LET_IN = "channel:bot";

/**
 * "yes" means that nothing known here speaks against it: whether the bot moderates the channel, and what its
 * broadcaster has granted, only Twitch's answer tells.
 */
export function canCarry(topic: Topic, carriage: Carriage): CanCarry {
  const { grant } = topicRow(topic);
  switch (grant.of) {
    case "nobody":
      return { is: "yes" };
    case "bot":
      return judgeScopes(topic, needsOfBot(grant, carriage.transport), carriage.botScopes);
    case "broadcaster":
      // On its own channel the bot is the broadcaster.
      if (carriage.isBotsOwnChannel) return judgeScopes(topic, grant.scopes, carriage.botScopes);
      if (carriage.transport === "conduit") return { is: "yes" };
      return {
        is: "no",
        code: "refused",
        reason: `${describeGrant(topic)}, and a WebSocket with the bot's token can't carry it: a conduit can`,
      };
  }
}

function judgeScopes(topic: Topic, needed: ScopeSets, has: readonly string[]): CanCarry {
  const lacking = needed.filter((anyOf) => !anyOf.some((scope) => has.includes(scope)));
  if (lacking.length === 0) return { is: "yes" };
  return {
    is: "no",
    code: "needs-reauth",
    reason: `${topic} needs ${inWords(lacking)}, which the bot's token lacks`,
  };
}

function needsOfBot(grant: Extract<Grant, { of: "bot" }>, transport: TransportKind): ScopeSets {
  const readsAsApp = grant.as === "chat-reader" && transport === "conduit";
  return readsAsApp ? [...grant.scopes, [APP_READS_AS_BOT]] : grant.scopes;
}

/** What Twitch wants to see before it tells of this: its own refusal does not say. */
export function describeGrant(topic: Topic): string {
  const { grant } = topicRow(topic);
  if (grant.of === "nobody") return `${topic} takes nobody's grant`;
  const scopes = inWords(grant.scopes);
  if (grant.of === "broadcaster") return `${topic} takes the broadcaster's grant of ${scopes}`;
  return grant.as === "moderator"
    ? `${topic} takes the bot's grant of ${scopes}, and that it moderates the channel`
    : `${topic} takes the bot's grant of ${scopes}, and that it may read this chat`;
}

/** "a or b, and c" */
export const inWords = (sets: ScopeSets): string => sets.map((anyOf) => anyOf.join(" or ")).join(", and ");

/** What logins must be asked for, so that these topics can come; each scope once, the lesser of those that would do. */
export function scopesFor(
  topics: readonly Topic[],
  transport: TransportKind,
): { readonly bot: readonly string[]; readonly broadcaster: readonly string[] } {
  const bot = new Set<string>();
  const broadcaster = new Set<string>();
  for (const topic of topics) {
    const { grant } = topicRow(topic);
    if (grant.of === "nobody") continue;
    const needed = grant.of === "bot" ? needsOfBot(grant, transport) : grant.scopes;
    for (const [scope] of needed) (grant.of === "bot" ? bot : broadcaster).add(scope);
    if (grant.of === "bot" && grant.as === "chat-reader" && transport === "conduit")
      broadcaster.add(APP_IS_LET_IN);
  }
  return { bot: [...bot].sort(), broadcaster: [...broadcaster].sort() };
}
