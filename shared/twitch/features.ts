/** Pure: what the configuration, and what workers asked for, want of Twitch. */
import { chooseChat } from "../chat-choice.ts";
import type { Config } from "../config.ts";
import type { Login } from "../ids.ts";
import { topicsOfModules } from "./module-topics.ts";
import type { ChannelFeatures, Features } from "./scopes.ts";
import type { Topic } from "./topics.ts";

export function toFeatures(
  config: Config,
  /** Also those that were added while the house ran, and what workers asked for: settings of their own may want more. */
  known: { readonly channels: readonly Login[]; readonly asked: ReadonlyMap<Login, readonly Topic[]> },
): Features {
  const { twitch } = config;
  const channels = [...new Set([...twitch.channels, ...known.channels])];
  return {
    botLogin: twitch.bot_login,
    transport: toTransport(config),
    isProbing: twitch.eventsub.probe_minutes > 0,
    channels: channels.map((channel) => toChannel(config, channel, known.asked.get(channel) ?? [])),
  };
}

const toTransport = ({ twitch }: Config): Features["transport"] =>
  twitch.eventsub.transport === "websocket" || twitch.client_secret === undefined ? "websocket" : "conduit";

function toChannel(config: Config, channel: Login, asked: readonly Topic[]): ChannelFeatures {
  const { twitch } = config;
  const own = twitch.channelSettings.get(channel)?.modules ?? {};
  const settings = { ...config.modules };
  for (const [module, its] of Object.entries(own)) settings[module] = { ...settings[module], ...its };
  const ofModules = topicsOfModules(settings);
  const known = new Set<Topic>(ofModules.map(({ topic }) => topic));
  const further = asked
    .filter((topic) => !known.has(topic))
    .map((topic) => ({ topic, module: "wanted by its worker" }));
  return {
    channel,
    chat: chooseChat(twitch.channelChats.get(channel) ?? {}, twitch.chat),
    topics: [...ofModules, ...further],
  };
}
