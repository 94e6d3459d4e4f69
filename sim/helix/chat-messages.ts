import * as v from "valibot";
import { sendChat } from "../chat/send-chat.ts";
import type { Channel, User } from "../world/world.ts";
import { needAppGrants } from "./app-grants.ts";
import { parseBody } from "./body.ts";
import { toDropReason } from "./drop-reason.ts";
import { answerData, defineEndpoint, type HelixCall } from "./endpoint.ts";
import { HelixRefusal } from "./refusal.ts";

const CHARACTERS_MAX = 500;

const MessageBody = v.object({
  broadcaster_id: v.string(),
  sender_id: v.string(),
  message: v.string(),
  reply_parent_message_id: v.nullish(v.string()),
  for_source_only: v.nullish(v.boolean()),
});

/** https://dev.twitch.tv/docs/api/reference#send-chat-message : the same chat rules as IRC, other words for "no". */
export const postChatMessages = defineEndpoint({
  method: "POST",
  path: "/chat/messages",
  tokens: "any",
  scopes: ["user:write:chat"],
  answer(call) {
    // Documented for the body; Twitch takes them from the query as well, and twurple relies on it.
    const inQuery = Object.fromEntries(call.query);
    const inBody = call.body !== null && typeof call.body === "object" ? call.body : {};
    const body = parseBody(MessageBody, { ...inQuery, ...inBody });
    const { channel, sender } = needRoom(call, body.broadcaster_id, body.sender_id);
    const hasAppToken = call.token.kind === "app";
    if (hasAppToken) needAppGrants(call, { channel, sender, scope: "user:write:chat", isModEnough: true });
    else if (typeof body.for_source_only === "boolean") {
      throw new HelixRefusal(400, "Cannot set for_source_only if User Access Token is used.");
    }
    if (body.message.trim() === "") throw new HelixRefusal(400, 'Missing required parameter "message"');
    if ([...body.message].length > CHARACTERS_MAX) throw new HelixRefusal(422, "The message is too large.");
    const replyToId = body.reply_parent_message_id || undefined;
    if (replyToId && !channel.lines.some((line) => line.id === replyToId)) {
      throw new HelixRefusal(400, "The request's input was not valid. Message cannot be replied to.");
    }
    const sent = sendChat(call.world, {
      channel,
      sender,
      text: body.message,
      via: "helix",
      hasAppToken,
      replyToId,
    });
    if (sent.is === "sent") return answerData([{ message_id: sent.line.id, is_sent: true }]);
    return answerData([{ message_id: "", is_sent: false, drop_reason: toDropReason(sent) }]);
  },
});

function needRoom(
  call: HelixCall,
  broadcasterId: string,
  senderId: string,
): { readonly channel: Channel; readonly sender: User } {
  const channel = call.world.channels.get(broadcasterId);
  if (!channel) throw new HelixRefusal(400, "The ID in the broadcaster_id query parameter is not valid.");
  const sender = call.world.users.get(senderId);
  if (!sender) throw new HelixRefusal(400, "The ID in the sender_id query parameter is not valid.");
  if (call.caller && call.caller !== sender) {
    throw new HelixRefusal(
      401,
      "The ID in sender_id must match the user ID found in the request's OAuth token.",
    );
  }
  return { channel, sender };
}
