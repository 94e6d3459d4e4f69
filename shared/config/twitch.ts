import * as v from "valibot";
import { Login } from "../ids.ts";
import { ChannelEntries, type ChannelEntry, type EventSourceName } from "./channel-entry.ts";
import { Chat } from "./chat.ts";
import { notes } from "./described.ts";
import { EventSub } from "./eventsub.ts";
import type { ChannelLogRules } from "./log.ts";
import type { ModuleSettings } from "./modules.ts";
import { PLACEHOLDERS } from "./placeholders.ts";
import { TWITCH_URLS } from "./twitch-urls.ts";
import { secret, url } from "./words.ts";

const Urls = v.pipe(
  v.strictObject({
    helix: v.optional(
      v.pipe(url("https:", "http:"), v.description("Helix, Twitch's API.")),
      TWITCH_URLS.helix,
    ),
    id: v.optional(v.pipe(url("https:", "http:"), v.description("Where tokens come from.")), TWITCH_URLS.id),
    eventsub: v.optional(
      v.pipe(url("wss:", "ws:"), v.description("EventSub's WebSockets.")),
      TWITCH_URLS.eventsub,
    ),
    chat: v.optional(v.pipe(url("wss:", "ws:"), v.description("Chat over IRC.")), TWITCH_URLS.chat),
  }),
  v.description(
    "Other addresses than Twitch's own: the simulator's (./kissbot.sh sim prints them), or a proxy's.",
  ),
);

const Tokens = v.strictObject({
  access_token: v.pipe(
    secret,
    v.description("Lasts four hours."),
    notes({ sample: PLACEHOLDERS.accessToken, isSecret: true }),
  ),
  refresh_token: v.optional(
    v.pipe(
      secret,
      v.description("With it the hub renews the access token."),
      notes({ sample: PLACEHOLDERS.refreshToken, isShown: true, isSecret: true }),
    ),
  ),
});

const Section = v.strictObject({
  client_id: v.pipe(
    secret,
    v.description("Your application, from https://dev.twitch.tv/console/apps"),
    notes({ sample: PLACEHOLDERS.clientId }),
  ),
  client_secret: v.optional(
    v.pipe(
      secret,
      v.description('Needed to renew the bot\'s token when the application is of type "Confidential".'),
      notes({ sample: PLACEHOLDERS.clientSecret, isShown: true, isSecret: true }),
    ),
  ),
  bot_login: v.pipe(
    Login,
    v.description("The account the bot speaks as, in lower case."),
    notes({ sample: PLACEHOLDERS.botLogin }),
  ),
  tokens: v.optional(
    v.pipe(
      v.record(Login, Tokens),
      v.description(
        "That account's tokens, when they are not in the database: ./kissbot.sh auth login puts them there, ./kissbot.sh db import-yaml moves them from here. Scopes chat:read and chat:edit; alerts may need more, see docs/topics.md. The access token lasts four hours: with a refresh token the hub renews it, and keeps the newest one, encrypted, in data/kissbot.db. Change what stands here only to log in anew. Entries of broadcasters beside it are kept good as well; what they are good for stands in docs/topics.md.",
      ),
      notes({ sampleKey: PLACEHOLDERS.botLogin, isShown: true }),
    ),
  ),
  channels: v.optional(ChannelEntries, []),
  bot_is_verified: v.optional(
    v.pipe(
      v.boolean(),
      v.description(
        "Only when Twitch has verified your bot, which raises its limits; everybody else leaves this out.",
      ),
    ),
    false,
  ),
  eventsub: v.optional(EventSub, {}),
  chat: v.optional(Chat, {}),
  urls: v.optional(Urls, {}),
});

export interface ConfiguredSettings {
  readonly prefix: string | undefined;
  readonly modules: ModuleSettings;
  /** From the database, see with-own-settings.ts; above all that is configured. */
  readonly own?: Readonly<Record<string, unknown>>;
  readonly revision?: number;
}

const byName = <T>(
  channels: readonly ChannelEntry[],
  of: (entry: ChannelEntry) => T,
): ReadonlyMap<Login, T> => new Map(channels.map((entry) => [entry.name, of(entry)]));

export const Twitch = v.pipe(
  Section,
  v.forward(
    v.check(
      ({ tokens, bot_login: bot }) => tokens === undefined || Object.hasOwn(tokens, bot),
      "an entry with the tokens of the account named by twitch.bot_login",
    ),
    ["tokens"],
  ),
  v.forward(
    v.check(
      (twitch) => twitch.eventsub.transport !== "conduit" || twitch.client_secret !== undefined,
      "auto or websocket, because a conduit takes twitch.client_secret",
    ),
    ["eventsub", "transport"],
  ),
  v.forward(
    v.check(
      ({ channels, chat }) =>
        channels.every(
          (one) => one.eventsub === "hub" || (one.chat.transport ?? chat.transport ?? "irc") === "irc",
        ),
      "eventsub: hub wherever chat comes by EventSub (chat.transport: eventsub)",
    ),
    ["channels"],
  ),
  v.transform(({ channels, ...twitch }) => ({
    ...twitch,
    channels: channels.map(({ name }) => name),
    channelWeights: byName(channels, ({ weight }) => weight),
    channelLogs: byName(channels, ({ log }): ChannelLogRules => log),
    channelSources: byName(channels, ({ eventsub }): EventSourceName => eventsub),
    channelChats: byName(channels, ({ chat }): Chat => chat),
    channelSettings: byName(channels, ({ prefix, modules }): ConfiguredSettings => ({ prefix, modules })),
  })),
  v.description("Your application, the bot's account, and the channels it serves."),
);
