/** Twitch's event bodies → ours. What does not fit is refused with the reason, never guessed. */
import * as v from "valibot";
import { type ChannelId, channelIdOf } from "../ids.ts";
import type { ChannelEventBody } from "./channel-event.ts";
import { adParsers } from "./parse/ads.ts";
import { channelParsers } from "./parse/channel.ts";
import { chatParsers } from "./parse/chat.ts";
import { chatNotificationParsers } from "./parse/chat-notification.ts";
import { cheerParsers } from "./parse/cheer.ts";
import { AnyFields, type DetailParsers, type Fields, isFields, personAt } from "./parse/fields.external.ts";
import { followParsers } from "./parse/follow.ts";
import { hypeTrainParsers } from "./parse/hype-train.ts";
import { pollParsers } from "./parse/polls.ts";
import { predictionParsers } from "./parse/predictions.ts";
import { raidParsers } from "./parse/raid.ts";
import { redemptionParsers } from "./parse/redemptions.ts";
import { shoutoutParsers } from "./parse/shoutout.ts";
import { streamParsers } from "./parse/stream.ts";
import { subscriptionParsers } from "./parse/subscriptions.ts";
import { isTopic, type Topic, topicRow } from "./topics.ts";

const parsers: DetailParsers<Topic> = {
  ...adParsers,
  ...channelParsers,
  ...chatNotificationParsers,
  ...chatParsers,
  ...cheerParsers,
  ...followParsers,
  ...hypeTrainParsers,
  ...pollParsers,
  ...predictionParsers,
  ...raidParsers,
  ...redemptionParsers,
  ...shoutoutParsers,
  ...streamParsers,
  ...subscriptionParsers,
};

const channelFields = {
  broadcaster_user_id: personAt("broadcaster_user"),
  to_broadcaster_user_id: personAt("to_broadcaster_user"),
};

export type ParsedEvent =
  | { readonly is: "event"; readonly channelId: ChannelId; readonly body: ChannelEventBody }
  | { readonly is: "unknown"; readonly problem: string };

const PROBLEM_MAX = 200;

/** Pure; never throws. */
export function parseEvent(type: string, event: unknown): ParsedEvent {
  if (!isTopic(type)) return { is: "unknown", problem: `we never asked for ${type.slice(0, 60)}` };
  try {
    const { channelId, body } = toEvent(type, isFields(event) ? event : v.parse(AnyFields, event));
    return { is: "event", channelId, body };
  } catch (problem) {
    if (!(problem instanceof v.ValiError)) throw problem;
    const where = v.getDotPath(problem.issues[0]) ?? "event";
    return { is: "unknown", problem: `${type}: ${where}: ${problem.message}`.slice(0, PROBLEM_MAX) };
  }
}

function toEvent(topic: Topic, event: Fields) {
  const channel = channelFields[topicRow(topic).channelField].take(event);
  const body = {
    topic,
    broadcasterLogin: channel.login,
    broadcasterName: channel.name,
    ...parsers[topic](event),
  };
  // Topic and details belong together: each parser promises its own topic's.
  return { channelId: channelIdOf(channel.id), body: body as ChannelEventBody };
}
