/**
 * What can be subscribed to: one row per EventSub type. Everything else derives from this table: the union of topic
 * names, the condition a subscription is created with, who must grant what (can-carry.ts), docs/topics.md.
 * Source: dev.twitch.tv, EventSub subscription types.
 */
import * as v from "valibot";
import type { ChannelId, UserId } from "../ids.ts";

/** Every inner list must be met by one of its scopes; its first is the one to ask for. */
export type ScopeSets = readonly (readonly [string, ...string[]])[];

/** Whose permission Twitch wants to see. */
export type Grant =
  | { readonly of: "nobody" }
  | { readonly of: "broadcaster"; readonly scopes: ScopeSets }
  /** The bot itself, for what it may do in that channel: it must be a moderator there, or be allowed to read the chat. */
  | { readonly of: "bot"; readonly as: "moderator" | "chat-reader"; readonly scopes: ScopeSets };

export interface TopicRow {
  readonly version: string;
  readonly grant: Grant;
  /** The field of condition and event that names the channel the event is told to. */
  readonly channelField: "broadcaster_user_id" | "to_broadcaster_user_id";
  /** Chat tells the same happening to every reader, so it is heard also where this topic is refused. */
  readonly isToldInChat: boolean;
  readonly condition: (channelId: ChannelId, botId: UserId) => Readonly<Record<string, string>>;
}

const CHANNEL = "broadcaster_user_id";

interface Details {
  readonly version?: string;
  readonly isToldInChat?: boolean;
}

const open = (details: Details = {}) => row({ of: "nobody" }, details, (id) => ({ [CHANNEL]: id }));

const ofBroadcaster = (scopes: readonly [string, ...string[]], details: Details = {}) =>
  row({ of: "broadcaster", scopes: [scopes] }, details, (id) => ({ [CHANNEL]: id }));

const ofModerator = (scopes: readonly [string, ...string[]], details: Details = {}) =>
  row({ of: "bot", as: "moderator", scopes: [scopes] }, details, (id, botId) => ({
    [CHANNEL]: id,
    moderator_user_id: botId,
  }));

const ofChatReader = () =>
  row({ of: "bot", as: "chat-reader", scopes: [["user:read:chat"]] }, {}, (id, botId) => ({
    [CHANNEL]: id,
    user_id: botId,
  }));

function row(grant: Grant, details: Details, condition: TopicRow["condition"]): TopicRow {
  return { version: "1", isToldInChat: false, ...details, grant, channelField: CHANNEL, condition };
}

/** Of a raid there are two sides; a channel hears of those that come to it. */
const incomingRaid: TopicRow = {
  ...open({ isToldInChat: true }),
  channelField: "to_broadcaster_user_id",
  condition: (id) => ({ to_broadcaster_user_id: id }),
};

const SUBSCRIPTIONS = ["channel:read:subscriptions"] as const;
const SHOUTOUTS = ["moderator:read:shoutouts", "moderator:manage:shoutouts"] as const;
const REDEMPTIONS = ["channel:read:redemptions", "channel:manage:redemptions"] as const;
const POLLS = ["channel:read:polls", "channel:manage:polls"] as const;
const PREDICTIONS = ["channel:read:predictions", "channel:manage:predictions"] as const;
const HYPE_TRAIN = ["channel:read:hype_train"] as const;

export const topicTable = {
  // What comes in masses stands first: schemas are tried in this order.
  "channel.chat.message": ofChatReader(),
  "channel.chat.notification": ofChatReader(),
  "channel.follow": ofModerator(["moderator:read:followers"], { version: "2" }),
  "channel.subscribe": ofBroadcaster(SUBSCRIPTIONS, { isToldInChat: true }),
  "channel.subscription.message": ofBroadcaster(SUBSCRIPTIONS, { isToldInChat: true }),
  "channel.subscription.gift": ofBroadcaster(SUBSCRIPTIONS, { isToldInChat: true }),
  "channel.subscription.end": ofBroadcaster(SUBSCRIPTIONS),
  "channel.cheer": ofBroadcaster(["bits:read"], { isToldInChat: true }),
  "channel.channel_points_custom_reward_redemption.add": ofBroadcaster(REDEMPTIONS),

  "stream.online": open(),
  "stream.offline": open(),
  "channel.update": open({ version: "2" }),
  "channel.raid": incomingRaid,

  "channel.chat.clear": ofChatReader(),
  "channel.chat.clear_user_messages": ofChatReader(),
  "channel.chat.message_delete": ofChatReader(),

  "channel.shoutout.create": ofModerator(SHOUTOUTS),
  "channel.shoutout.receive": ofModerator(SHOUTOUTS),

  "channel.ad_break.begin": ofBroadcaster(["channel:read:ads"]),
  "channel.poll.begin": ofBroadcaster(POLLS),
  "channel.poll.progress": ofBroadcaster(POLLS),
  "channel.poll.end": ofBroadcaster(POLLS),
  "channel.prediction.begin": ofBroadcaster(PREDICTIONS),
  "channel.prediction.progress": ofBroadcaster(PREDICTIONS),
  "channel.prediction.lock": ofBroadcaster(PREDICTIONS),
  "channel.prediction.end": ofBroadcaster(PREDICTIONS),
  "channel.hype_train.begin": ofBroadcaster(HYPE_TRAIN, { version: "2" }),
  "channel.hype_train.progress": ofBroadcaster(HYPE_TRAIN, { version: "2" }),
  "channel.hype_train.end": ofBroadcaster(HYPE_TRAIN, { version: "2" }),
  "channel.moderator.add": ofBroadcaster(["moderation:read"]),
  "channel.moderator.remove": ofBroadcaster(["moderation:read"]),
} as const satisfies Record<string, TopicRow>;

export type Topic = keyof typeof topicTable;
export const topics = Object.keys(topicTable) as Topic[];
export const Topic = v.picklist(topics);

export const isTopic = (name: string): name is Topic => Object.hasOwn(topicTable, name);
export const topicRow = (topic: Topic): TopicRow => topicTable[topic];
