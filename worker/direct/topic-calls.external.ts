/** How @twurple/eventsub-ws is asked for each of our topics. */
import type { EventSubWsListener } from "@twurple/eventsub-ws";
import type { ChannelId, UserId } from "../../shared/ids.ts";
import type { Topic } from "../../shared/twitch/topics.ts";

export type EventSubSubscription = ReturnType<EventSubWsListener["onStreamOnline"]>;
type Subscribe = (listener: EventSubWsListener, channel: ChannelId, bot: UserId) => EventSubSubscription;

/** What comes is taken unparsed, before it reaches these. */
const unheard = () => {};

export const topicCalls: Readonly<Record<Topic, Subscribe>> = {
  "channel.chat.message": (to, channel, bot) => to.onChannelChatMessage(channel, bot, unheard),
  "channel.chat.notification": (to, channel, bot) => to.onChannelChatNotification(channel, bot, unheard),
  "channel.chat.clear": (to, channel, bot) => to.onChannelChatClear(channel, bot, unheard),
  "channel.chat.clear_user_messages": (to, channel, bot) =>
    to.onChannelChatClearUserMessages(channel, bot, unheard),
  "channel.chat.message_delete": (to, channel, bot) => to.onChannelChatMessageDelete(channel, bot, unheard),
  "channel.follow": (to, channel, bot) => to.onChannelFollow(channel, bot, unheard),
  "channel.subscribe": (to, channel) => to.onChannelSubscription(channel, unheard),
  "channel.subscription.message": (to, channel) => to.onChannelSubscriptionMessage(channel, unheard),
  "channel.subscription.gift": (to, channel) => to.onChannelSubscriptionGift(channel, unheard),
  "channel.subscription.end": (to, channel) => to.onChannelSubscriptionEnd(channel, unheard),
  "channel.cheer": (to, channel) => to.onChannelCheer(channel, unheard),
  "channel.channel_points_custom_reward_redemption.add": (to, channel) =>
    to.onChannelRedemptionAdd(channel, unheard),
  "stream.online": (to, channel) => to.onStreamOnline(channel, unheard),
  "stream.offline": (to, channel) => to.onStreamOffline(channel, unheard),
  "channel.update": (to, channel) => to.onChannelUpdate(channel, unheard),
  "channel.raid": (to, channel) => to.onChannelRaidTo(channel, unheard),
  "channel.shoutout.create": (to, channel, bot) => to.onChannelShoutoutCreate(channel, bot, unheard),
  "channel.shoutout.receive": (to, channel, bot) => to.onChannelShoutoutReceive(channel, bot, unheard),
  "channel.ad_break.begin": (to, channel) => to.onChannelAdBreakBegin(channel, unheard),
  "channel.poll.begin": (to, channel) => to.onChannelPollBegin(channel, unheard),
  "channel.poll.progress": (to, channel) => to.onChannelPollProgress(channel, unheard),
  "channel.poll.end": (to, channel) => to.onChannelPollEnd(channel, unheard),
  "channel.prediction.begin": (to, channel) => to.onChannelPredictionBegin(channel, unheard),
  "channel.prediction.progress": (to, channel) => to.onChannelPredictionProgress(channel, unheard),
  "channel.prediction.lock": (to, channel) => to.onChannelPredictionLock(channel, unheard),
  "channel.prediction.end": (to, channel) => to.onChannelPredictionEnd(channel, unheard),
  "channel.hype_train.begin": (to, channel) => to.onChannelHypeTrainBeginV2(channel, unheard),
  "channel.hype_train.progress": (to, channel) => to.onChannelHypeTrainProgressV2(channel, unheard),
  "channel.hype_train.end": (to, channel) => to.onChannelHypeTrainEndV2(channel, unheard),
  "channel.moderator.add": (to, channel) => to.onChannelModeratorAdd(channel, unheard),
  "channel.moderator.remove": (to, channel) => to.onChannelModeratorRemove(channel, unheard),
};
