/**
 * Pure: which scopes a login is asked for, and why. Nothing is asked for that no enabled feature needs: the list
 * follows from the topics that modules want, from how chat is heard and spoken, and from the transport of events.
 */
import type { ChatChoice } from "../chat-choice.ts";
import type { Login } from "../ids.ts";
import { scopesFor, type TransportKind } from "./can-carry.ts";
import type { Topic } from "./topics.ts";

export interface ScopeNeed {
  readonly scope: string;
  /** For people, at most a line each. */
  readonly why: readonly string[];
  /** Without it there is no bot, or none that can be looked after; false: a feature goes without. */
  readonly isVital: boolean;
}

/** One channel, as the configuration and its modules want it. */
export interface ChannelFeatures {
  readonly channel: Login;
  readonly chat: ChatChoice;
  readonly topics: readonly { readonly topic: Topic; readonly module: string }[];
}

export interface Features {
  readonly botLogin: Login;
  readonly transport: TransportKind;
  readonly channels: readonly ChannelFeatures[];
  /** The bot says a word in its own channel now and then, to see it come back. */
  readonly isProbing: boolean;
}

type Cause = readonly [scope: string, why: string, isVital: boolean];

/** Where chat comes over EventSub, these carry it. */
const CHAT_TOPIC = "channel.chat.message" satisfies Topic;

/** What the bot's account is asked for. */
export function scopesOfBot(features: Features): readonly ScopeNeed[] {
  const { channels, transport } = features;
  // A house without channels can be given one at any time: chat is what a bot is for.
  const chats =
    channels.length === 0 ? [{ transport: "irc", send: "irc" } as const] : channels.map((one) => one.chat);
  const own = channels.filter((one) => one.channel === features.botLogin);
  return merge([
    ...chats.flatMap((chat) => causesOfChat(chat, transport)),
    ...channels.flatMap((one) => causesOfTopics(one, transport, "bot")),
    ...own.flatMap((one) => causesOfTopics(one, transport, "broadcaster")),
    ...(features.isProbing ? causesOfProbe : []),
    ["user:read:moderated_channels", "auth status and doctor: in which channels the bot moderates", false],
  ]);
}

/** What the owner of a channel is asked for; empty: nothing that is enabled needs their grant. */
export function scopesOfBroadcaster(features: Features, channel: Login): readonly ScopeNeed[] {
  const one = features.channels.find((its) => its.channel === channel);
  if (!one) return [];
  return merge([
    ...causesOfTopics(one, features.transport, "broadcaster"),
    ...(speaksAsApplication(one.chat, features.transport)
      ? ([["channel:bot", "the bot speaks here with its badge, in the application's name", false]] as const)
      : []),
  ]);
}

function causesOfChat(chat: ChatChoice, transport: TransportKind): readonly Cause[] {
  const hears: readonly Cause[] =
    chat.transport === "irc"
      ? [
          ["chat:read", "hears chat over IRC", true],
          ["chat:edit", "speaks in chat over IRC", true],
        ]
      : [["user:read:chat", "hears chat over EventSub", true]];
  if (chat.send === "irc") return hears;
  const isVital = chat.send === "helix";
  const speaks: Cause = ["user:write:chat", "speaks in chat through Helix", isVital];
  const badge: Cause = ["user:bot", "speaks with the bot's badge, in the application's name", false];
  return [...hears, speaks, ...(speaksAsApplication(chat, transport) ? [badge] : [])];
}

/** Only with a conduit, that is with a client secret, does the application have a voice. */
const speaksAsApplication = (chat: ChatChoice, transport: TransportKind): boolean =>
  chat.send !== "irc" && transport === "conduit";

const causesOfProbe: readonly Cause[] = [
  ["user:read:chat", "the probe hears its own word come back", false],
  ["user:write:chat", "the probe says a word in the bot's own channel", false],
];

function causesOfTopics(
  { chat, topics }: ChannelFeatures,
  transport: TransportKind,
  of: "bot" | "broadcaster",
): readonly Cause[] {
  const ofChat =
    chat.transport === "eventsub" ? scopesFor([CHAT_TOPIC], transport)[of].map(becauseOfChat) : [];
  const ofModules = topics.flatMap(({ topic, module }) =>
    scopesFor([topic], transport)[of].map((scope): Cause => [scope, `${module}: ${topic}`, false]),
  );
  return [...ofChat, ...ofModules];
}

const becauseOfChat = (scope: string): Cause => [scope, "hears chat over EventSub", true];

/** Each scope once, with all its reasons, what is vital first. */
function merge(causes: readonly Cause[]): readonly ScopeNeed[] {
  const byScope = new Map<string, ScopeNeed>();
  for (const [scope, why, isVital] of causes) {
    const before = byScope.get(scope);
    byScope.set(scope, {
      scope,
      why: [...new Set([...(before?.why ?? []), why])],
      isVital: isVital || (before?.isVital ?? false),
    });
  }
  return [...byScope.values()].sort(
    (a, b) => Number(b.isVital) - Number(a.isVital) || a.scope.localeCompare(b.scope, "en"),
  );
}

/** Pure: what a token lacks of what is needed. A scope that manages also reads: Twitch takes it in its place. */
export function missingScopes(
  needed: readonly ScopeNeed[],
  granted: readonly string[],
): readonly ScopeNeed[] {
  return needed.filter(({ scope }) => !granted.includes(scope) && !granted.includes(asManager(scope)));
}

const asManager = (scope: string): string => scope.replace(":read:", ":manage:");
