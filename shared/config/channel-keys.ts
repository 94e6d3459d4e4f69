/** Which keys a channel may have of its own, in config.yaml beside its name and in the database; and which of them its moderators may change in chat. Pure. */
import * as v from "valibot";
import { channelRules } from "./channel-entry.ts";
import { findKey, type KeyNode, toKeyTree } from "./key-tree.ts";

/** Everything of a channel that may be different for it. */
export const ChannelRules = v.strictObject(channelRules);
export type ChannelRules = v.InferOutput<typeof ChannelRules>;

export const channelTree: KeyNode = toKeyTree(ChannelRules);

/** Where a house-wide key is found under other words beside a channel's name. */
const SAME_FOR_CHANNEL: Readonly<Record<string, readonly string[]>> = {
  "commands.prefix": ["prefix"],
  "twitch.chat.transport": ["chat", "transport"],
  "twitch.chat.send": ["chat", "send"],
};

/** "commands.prefix" is "prefix" for a channel. */
export const toChannelPath = (path: readonly string[]): readonly string[] =>
  SAME_FOR_CHANNEL[path.join(".")] ?? path;

/** `path` as in the house's configuration, or as for a channel. */
export const isPerChannel = (path: readonly string[]): boolean =>
  path[0] === "modules" || findKey(channelTree, toChannelPath(path)) !== undefined;

/** What concerns nobody but the channel's viewers; logs, doors and weights are the operator's. */
export const isForChat = (path: readonly string[]): boolean =>
  path[0] === "modules" || toChannelPath(path)[0] === "prefix";
