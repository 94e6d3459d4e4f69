/** The configuration with what channels have of their own in the database, as if it stood beside their names. Pure. */
import * as v from "valibot";
import { WEIGHT_DEFAULT } from "../channel-weight.ts";
import type { Config } from "../config.ts";
import type { Login } from "../ids.ts";
import { ChannelRules } from "./channel-keys.ts";
import { toPath, toTree } from "./own-settings.ts";
import { setIn } from "./plain-tree.ts";

export interface OwnSettings {
  readonly own: Readonly<Record<string, unknown>>;
  readonly revision: number;
}

export interface WithOwn {
  readonly config: Config;
  /** What is stored and no longer right: it counts for nothing. */
  readonly problems: readonly { readonly channel: Login; readonly key: string; readonly says: string }[];
}

export function withOwnSettings(config: Config, stored: ReadonlyMap<Login, OwnSettings>): WithOwn {
  const problems: WithOwn["problems"][number][] = [];
  let { twitch } = config;
  for (const [channel, { own, revision }] of stored) {
    const right = Object.entries(own).filter(([key, value]) => {
      const says = whyNot(config, channel, key, value);
      if (says !== undefined) problems.push({ channel, key, says });
      return says === undefined;
    });
    twitch = overlayChannel(twitch, channel, Object.fromEntries(right), revision);
  }
  return { config: { ...config, twitch }, problems };
}

function whyNot({ twitch }: Config, channel: Login, key: string, value: unknown): string | undefined {
  const parsed = v.safeParse(ChannelRules, setIn({}, toPath(key), value));
  if (!parsed.success) return parsed.issues[0].message;
  const source = twitch.channelSources.get(channel) ?? "hub";
  return parsed.output.chat?.transport === "eventsub" && source !== "hub"
    ? `the channel hears EventSub by ${source}, and chat over EventSub comes by the hub`
    : undefined;
}

type Twitch = Config["twitch"];

function overlayChannel(twitch: Twitch, channel: Login, own: OwnSettings["own"], revision: number): Twitch {
  const parsed = v.safeParse(ChannelRules, toTree(own));
  const { weight, log, chat } = parsed.success ? parsed.output : {};
  const put = <T>(map: ReadonlyMap<Login, T>, value: T): ReadonlyMap<Login, T> =>
    new Map(map).set(channel, value);
  const { channelWeights, channelLogs, channelChats, channelSettings } = twitch;
  return {
    ...twitch,
    channelWeights: put(channelWeights, weight ?? channelWeights.get(channel) ?? WEIGHT_DEFAULT),
    channelLogs: put(channelLogs, { ...channelLogs.get(channel), ...withoutGaps(log) }),
    channelChats: put(channelChats, { ...channelChats.get(channel), ...withoutGaps(chat) }),
    channelSettings: put(channelSettings, {
      prefix: undefined,
      modules: {},
      ...channelSettings.get(channel),
      own: forWorker(own),
      revision,
    }),
  };
}

/** A worker hears of what it can take over while it runs. */
const forWorker = (own: OwnSettings["own"]): OwnSettings["own"] =>
  Object.fromEntries(Object.entries(own).filter(([key]) => key === "prefix" || key.startsWith("modules.")));

const withoutGaps = <T extends object>(rules: T | undefined): Partial<T> =>
  Object.fromEntries(Object.entries(rules ?? {}).filter(([, value]) => value !== undefined)) as Partial<T>;
