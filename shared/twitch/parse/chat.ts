import * as v from "valibot";
import { ChannelId } from "../../ids.ts";
import {
  ChatText,
  type DetailParsers,
  type Fields,
  Id,
  isFields,
  isUsualChatText,
  isUsualId,
  isUsualList,
  isUsualName,
  list,
  MaybeId,
  MaybeName,
  Name,
  personAt,
  Whole,
} from "./fields.external.ts";

const parentFields = personAt("parent_user");
const chatterFields = personAt("chatter_user");
const targetFields = personAt("target_user");

const Message = v.object({
  message_id: Id,
  message: v.object({ text: ChatText }),
  badges: list(v.object({ set_id: Name, id: Name })),
  color: MaybeName,
  message_type: Name,
  cheer: v.nullish(v.object({ bits: Whole })),
  channel_points_custom_reward_id: MaybeId,
  reply: v.nullish(v.record(v.string(), v.unknown())),
  source_broadcaster_user_id: v.nullish(ChannelId),
});
const Reply = v.object({ parent_message_id: Id });
const Deleted = v.object({ message_id: Id });

/** A line that has none of these is plain. */
const PLAIN_WITHOUT = [
  "cheer",
  "channel_points_custom_reward_id",
  "reply",
  "source_broadcaster_user_id",
] as const;

const CTCP = "\u0001";
const ACTION_START = `${CTCP}ACTION `;

/** Twitch leaves IRC's wrapping of /me in the text. */
function toSaid(text: string): { readonly text: string; readonly isAction: boolean } {
  const isAction = text.startsWith(ACTION_START);
  return { text: isAction ? text.slice(ACTION_START.length).replaceAll(CTCP, "") : text, isAction };
}

function toReply(reply: Fields) {
  const user = parentFields.find(reply);
  return { messageId: v.parse(Reply, reply).parent_message_id, ...(user && { user }) };
}

const toMessage = (event: Fields) => toUsualMessage(event) ?? checkMessage(event);

const isNothing = (value: unknown): boolean => value === null || value === undefined;

/**
 * A plain line, looked at by hand: chat comes in masses. undefined: it has more to it, or does not fit, and the schema
 * has the last word.
 */
function toUsualMessage(event: Fields) {
  const { message_id: messageId, message, message_type: messageType, color, badges } = event;
  const isPlain = PLAIN_WITHOUT.every((key) => isNothing(event[key]));
  if (!isPlain || !isUsualId(messageId) || !isFields(message) || !isUsualName(messageType)) return undefined;
  const hasColor = isUsualName(color);
  if (!isUsualChatText(message.text) || !(hasColor || isNothing(color))) return undefined;
  const named = toUsualBadges(badges);
  if (!named) return undefined;
  return {
    messageId,
    user: chatterFields.take(event),
    ...toSaid(message.text),
    badges: named,
    ...(hasColor && color && { color }),
    messageType,
  };
}

function toUsualBadges(badges: unknown): string[] | undefined {
  if (!isUsualList(badges)) return undefined;
  const named: string[] = [];
  for (const badge of badges) {
    if (!isFields(badge) || !isUsualName(badge.set_id) || !isUsualName(badge.id)) return undefined;
    named.push(`${badge.set_id}/${badge.id}`);
  }
  return named;
}

export function checkMessage(event: Fields) {
  const { message_id, message, badges, message_type, ...more } = v.parse(Message, event);
  return {
    messageId: message_id,
    user: chatterFields.take(event),
    ...toSaid(message.text),
    badges: badges.map(({ set_id, id }) => `${set_id}/${id}`),
    ...(more.color && { color: more.color }),
    messageType: message_type,
    ...(more.cheer && { bits: more.cheer.bits }),
    ...(more.channel_points_custom_reward_id !== undefined && {
      rewardId: more.channel_points_custom_reward_id,
    }),
    ...(more.reply && { replyTo: toReply(more.reply) }),
    ...(more.source_broadcaster_user_id && { sourceChannelId: more.source_broadcaster_user_id }),
  };
}

export const chatParsers: DetailParsers<
  | "channel.chat.message"
  | "channel.chat.clear"
  | "channel.chat.clear_user_messages"
  | "channel.chat.message_delete"
> = {
  "channel.chat.message": toMessage,
  "channel.chat.clear": () => ({}),
  "channel.chat.clear_user_messages": (event) => ({ user: targetFields.take(event) }),
  "channel.chat.message_delete": (event) => ({
    user: targetFields.take(event),
    messageId: v.parse(Deleted, event).message_id,
  }),
};
