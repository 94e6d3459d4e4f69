/**
 * Pure: what tells a repetition from something new when Twitch gives it another message id (twitchdev/issues #918).
 * A stream, a redemption, a poll has an id of its own; of other events what they say is all there is to know them by.
 */
import type { ChannelId } from "../ids.ts";
import type { ChannelEventBody } from "./channel-event.ts";

/**
 * undefined: there is no telling. Somebody who cheers the same twice, or gives one more gift, has done it twice.
 */
export function naturalKeyOf(channelId: ChannelId, body: ChannelEventBody): string | undefined {
  const known = knownBy(body);
  return known && JSON.stringify([channelId, body.topic, ...known]);
}

/**
 * What the event says the state of. Such a thing can come back to what it was (a title, a stream that is offline), so
 * the same news is a repetition only while nothing else was said about it in between. undefined: it happens once.
 */
export function stateTold(body: ChannelEventBody): string | undefined {
  switch (body.topic) {
    case "stream.online":
    case "stream.offline":
      return "stream";
    case "channel.update":
      return "channel";
    case "channel.moderator.add":
    case "channel.moderator.remove":
      return `moderator ${body.user.id}`;
    default:
      return undefined;
  }
}

export type Known = readonly (string | number | boolean)[];

/** Of one channel and topic: what tells this event from another; undefined as above. */
export function knownBy(body: ChannelEventBody): Known | undefined {
  switch (body.topic) {
    case "stream.online":
      return [body.streamId];
    case "stream.offline":
      return [];
    case "channel.update":
      return [body.title, body.language, body.categoryId];
    case "channel.moderator.add":
    case "channel.moderator.remove":
      return [body.user.id];
    case "channel.follow":
      return [body.user.id, toWholeSeconds(body.followedAt)];
    case "channel.subscribe":
    case "channel.subscription.end":
      return [body.user.id, body.tier, body.isGift];
    case "channel.subscription.message":
      return [body.user.id, body.tier, body.months];
    case "channel.subscription.gift":
      return body.user && body.cumulativeTotal !== undefined
        ? [body.user.id, body.tier, body.total, body.cumulativeTotal]
        : undefined;
    case "channel.raid":
      return [body.from.id, body.viewers];
    case "channel.shoutout.create":
      return [body.to.id, body.startedAt];
    case "channel.shoutout.receive":
      return [body.from.id, body.startedAt];
    case "channel.ad_break.begin":
      return [body.startedAt];
    case "channel.channel_points_custom_reward_redemption.add":
      return [body.redemptionId];
    case "channel.chat.message":
    case "channel.chat.notification":
    case "channel.chat.message_delete":
      return [body.messageId];
    case "channel.cheer":
    case "channel.chat.clear":
    case "channel.chat.clear_user_messages":
      return undefined;
    default:
      return knownByRound(body);
  }
}

/** Helix stamps the same follow with whole seconds, EventSub with nanoseconds. */
const toWholeSeconds = (at: string): string => at.replace(/\.\d+/, "");

type Round = Extract<ChannelEventBody, { pollId: string } | { predictionId: string } | { trainId: string }>;

/** Begun, locked, ended once each; votes and points only grow, so the same count again is the same progress. */
function knownByRound(body: Round): Known {
  switch (body.topic) {
    case "channel.poll.begin":
    case "channel.poll.end":
      return [body.pollId];
    case "channel.poll.progress":
      return [body.pollId, ...body.choices.map(({ votes }) => votes ?? 0)];
    case "channel.prediction.begin":
    case "channel.prediction.lock":
    case "channel.prediction.end":
      return [body.predictionId];
    case "channel.prediction.progress":
      return [body.predictionId, ...body.outcomes.flatMap(({ users, points }) => [users ?? 0, points ?? 0])];
    case "channel.hype_train.begin":
    case "channel.hype_train.end":
      return [body.trainId];
    case "channel.hype_train.progress":
      return [body.trainId, body.total];
  }
}
