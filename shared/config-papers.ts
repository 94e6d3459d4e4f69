/** What the configuration hands a hub and a worker: its part of their papers, whoever starts them. Pure. */
import * as v from "valibot";
import { WEIGHT_DEFAULT } from "./channel-weight.ts";
import { chooseChat } from "./chat-choice.ts";
import { mergeModules, type WorkerSettings } from "./config/own-settings.ts";
import { toCrowdPapers, toRankerPapers } from "./config/to-crowd-papers.ts";
import { toGamePapers } from "./config/to-game-papers.ts";
import type { Config } from "./config.ts";
import { Login } from "./ids.ts";
import type { EventSource, HubPapers, WorkerPapers } from "./ipc/papers.ts";
import { keepsChat } from "./log-rules.ts";
import type { TokenRules } from "./token-rules.ts";

/** What is added at each spawn. */
type BirthKeys = "childId" | "spawnId" | "credential";

const MS_PER_S = 1_000;
const MS_PER_MIN = 60_000;

/** Without the key that proves who speaks on the house's sockets. */
export function toHubPapers(
  config: Config,
  { keySource, isDatabaseOnly }: TokenRules,
): Omit<HubPapers, BirthKeys | "houseKey"> {
  const { twitch } = config;
  const { [twitch.bot_login]: tokens, ...others } = isDatabaseOnly ? {} : (twitch.tokens ?? {});
  return {
    logLevel: config.log.level,
    orphanAfterMs: config.limits.orphan_seconds * MS_PER_S,
    clientId: twitch.client_id,
    clientSecret: twitch.client_secret,
    botLogin: twitch.bot_login,
    isVerifiedBot: twitch.bot_is_verified,
    tokens: tokens && { accessToken: tokens.access_token, refreshToken: tokens.refresh_token },
    broadcasters: Object.entries(others).map(([login, own]) => ({
      login: v.parse(Login, login),
      accessToken: own.access_token,
      refreshToken: own.refresh_token,
    })),
    keySource,
    urls: { helix: twitch.urls.helix, id: twitch.urls.id, eventsub: twitch.urls.eventsub },
    eventsub: {
      transport: twitch.eventsub.transport,
      createsPerSecond: twitch.eventsub.creates_per_second,
      shards: twitch.eventsub.shards,
      pollEveryMs: twitch.eventsub.poll_seconds * MS_PER_S,
      probeEveryMs: twitch.eventsub.probe_minutes * MS_PER_MIN || undefined,
    },
    games: toGamePapers(config),
    crowd: toCrowdPapers(config),
    ranker: toRankerPapers(config),
  };
}

export function toEventSource({ twitch }: Config, from: EventSource["from"]): EventSource {
  if (from !== "direct") return { from };
  return {
    from,
    clientId: twitch.client_id,
    urls: { helix: twitch.urls.helix, eventsub: twitch.urls.eventsub },
  };
}

/** What a living worker can take over without being replaced. */
export function toWorkerSettings({ commands, modules, twitch }: Config, channel: Login): WorkerSettings {
  const settings = twitch.channelSettings.get(channel);
  return {
    prefix: settings?.prefix ?? commands.prefix,
    modules: mergeModules(modules, settings?.modules ?? {}),
    own: settings?.own ?? {},
    revision: settings?.revision ?? 0,
  };
}

export function toWorkerPapers(config: Config, channel: Login): Omit<WorkerPapers, BirthKeys> {
  const { twitch } = config;
  return {
    logLevel: config.log.level,
    orphanAfterMs: config.limits.orphan_seconds * MS_PER_S,
    channel,
    ...toWorkerSettings(config, channel),
    chatUrl: twitch.urls.chat,
    chat: chooseChat(twitch.channelChats.get(channel) ?? {}, twitch.chat),
    eventsub: toEventSource(config, twitch.channelSources.get(channel) ?? "hub"),
    isVerifiedBot: twitch.bot_is_verified,
    weight: twitch.channelWeights.get(channel) ?? WEIGHT_DEFAULT,
    keepsChat: keepsChat(config, channel),
    crowdScope: config.quantum.scope,
  };
}
