/** channel.chat.* and channel.chat_settings.update, one function each; shapes as in docs/eventsub/eventsub-subscription-types. */
import type { Happening } from "../../world/happening.ts";
import type { Channel, ChatLine, User, World } from "../../world/world.ts";
import type { Notice } from "../notice.ts";
import { toBadges } from "./badges.ts";
import { toFragments } from "./message-fragments.ts";
import { toBroadcaster, toPerson } from "./person.ts";

type Of<Kind extends Happening["kind"]> = Extract<Happening, { kind: Kind }>;

/** Not in a shared chat: nothing came from elsewhere. */
export const NOT_SHARED = {
  source_broadcaster_user_id: null,
  source_broadcaster_user_login: null,
  source_broadcaster_user_name: null,
  source_message_id: null,
  source_badges: null,
};

export function toChatMessage(world: World, { channel, line }: Of<"chat-message">): Notice {
  return inChannel("channel.chat.message", channel, {
    ...toBroadcaster(channel),
    ...toPerson("chatter_user", line.user),
    message_id: line.id,
    message: {
      // Twitch leaves IRC's wrapping of /me in the text, but not in the fragments.
      text: line.isAction ? `\u0001ACTION ${line.text}\u0001` : line.text,
      fragments: toFragments(world, line.text, { hasBits: line.bits > 0 }),
    },
    color: line.user.color,
    badges: toBadges(channel, line.user, line),
    message_type: "text",
    cheer: line.bits > 0 ? { bits: line.bits } : null,
    reply: line.replyTo ? toReply(line.replyTo) : null,
    channel_points_custom_reward_id: line.customRewardId ?? null,
    channel_points_animation_id: null,
    ...NOT_SHARED,
    is_source_only: null,
  });
}

function toReply(parent: ChatLine): object {
  let root = parent;
  while (root.replyTo) root = root.replyTo;
  return {
    parent_message_id: parent.id,
    parent_message_body: parent.text,
    ...toPerson("parent_user", parent.user),
    thread_message_id: root.id,
    ...toPerson("thread_user", root.user),
  };
}

export function toChatClear({ channel }: Of<"chat-cleared">): Notice {
  return inChannel("channel.chat.clear", channel, toBroadcaster(channel));
}

export function toMessageDelete({ channel, line }: Of<"message-deleted">): Notice {
  const event = { ...toBroadcaster(channel), ...toPerson("target_user", line.user), message_id: line.id };
  return inChannel("channel.chat.message_delete", channel, event);
}

export function toClearUserMessages(channel: Channel, user: User): Notice {
  return inChannel("channel.chat.clear_user_messages", channel, {
    ...toBroadcaster(channel),
    ...toPerson("target_user", user),
  });
}

export function toSettingsUpdate({ channel }: Of<"chat-settings-changed">): Notice {
  const { settings } = channel;
  return inChannel("channel.chat_settings.update", channel, {
    ...toBroadcaster(channel),
    emote_mode: settings.emoteOnly,
    follower_mode: settings.followersOnlyMinutes !== undefined,
    follower_mode_duration_minutes: settings.followersOnlyMinutes ?? null,
    slow_mode: settings.slowSeconds > 0,
    slow_mode_wait_time_seconds: settings.slowSeconds > 0 ? settings.slowSeconds : null,
    subscriber_mode: settings.subscribersOnly,
    unique_chat_mode: settings.uniqueChat,
  });
}

/** The usual notice: version 1, about one broadcaster. */
export function inChannel(type: string, channel: Channel, event: object, version = "1"): Notice {
  return { type, version, about: { broadcaster_user_id: channel.owner.id }, event };
}
