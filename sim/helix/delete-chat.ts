import { clearChat, deleteMessage } from "../world/operations.ts";
import { ANSWER_EMPTY, defineEndpoint } from "./endpoint.ts";
import { isModeratorOf, needModeratedChannel } from "./permissions.ts";
import { HelixRefusal } from "./refusal.ts";

const DELETABLE_FOR_MS = 6 * 3_600_000;

/** https://dev.twitch.tv/docs/api/reference#delete-chat-messages : one message, or all of them. */
export const deleteChat = defineEndpoint({
  method: "DELETE",
  path: "/moderation/chat",
  tokens: "user",
  scopes: ["moderator:manage:chat_messages"],
  answer(call) {
    const { channel, moderator } = needModeratedChannel(call);
    const messageId = call.query.get("message_id");
    if (!messageId) {
      clearChat(call.world, channel);
      return ANSWER_EMPTY;
    }
    const line = channel.lines.find((one) => one.id === messageId);
    if (!line || line.at < call.world.clock.now() - DELETABLE_FOR_MS) {
      throw new HelixRefusal(404, "The ID in message_id was not found.");
    }
    if (
      line.user.id !== moderator.id &&
      moderator.id !== channel.owner.id &&
      isModeratorOf(channel, line.user)
    ) {
      const whose = line.user.id === channel.owner.id ? "the broadcaster's" : "another moderator's";
      throw new HelixRefusal(400, `You may not delete ${whose} messages.`);
    }
    deleteMessage(call.world, channel, line, moderator);
    return ANSWER_EMPTY;
  },
});
