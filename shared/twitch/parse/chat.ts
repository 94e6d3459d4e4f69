import * as v from "valibot";
import { ChannelId } from "../../ids.ts";
import {
  ChatText,
  type DetailParsers,
  type Fields,
  Id,
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

function toMessage(event: Fields) {
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
