/**
 * What can be subscribed to: one row per EventSub type. Everything else derives from this table: the union of topic
 * names, the condition a subscription is created with, the scopes a login must ask for.
 * Source: dev.twitch.tv, EventSub subscription types.
 */
import * as v from "valibot";
import type { ChannelId, UserId } from "../ids.ts";

interface TopicRow {
  readonly version: string;
  /** Scopes the token's user must have granted; empty = any token will do. */
  readonly scopes: readonly string[];
  /** Can the bot's own token carry it on a WebSocket, or does it need the broadcaster's grant (conduit)? */
  readonly carriedBy: "any-user-token" | "broadcaster-grant";
  readonly condition: (channelId: ChannelId, botId: UserId) => Readonly<Record<string, string>>;
}

const broadcaster = (channelId: ChannelId) => ({ broadcaster_user_id: channelId });

export const topicTable = {
  "stream.online": { version: "1", scopes: [], carriedBy: "any-user-token", condition: broadcaster },
  "stream.offline": { version: "1", scopes: [], carriedBy: "any-user-token", condition: broadcaster },
  "channel.update": { version: "2", scopes: [], carriedBy: "any-user-token", condition: broadcaster },
} as const satisfies Record<string, TopicRow>;

export type Topic = keyof typeof topicTable;
export const topics = Object.keys(topicTable) as Topic[];
export const Topic = v.picklist(topics);

export const isTopic = (name: string): name is Topic => Object.hasOwn(topicTable, name);
export const topicRow = (topic: Topic): TopicRow => topicTable[topic];
