import { answerData, defineEndpoint } from "./endpoint.ts";
import { needModeratedChannel } from "./permissions.ts";
import { takePage } from "./query.ts";
import { toUserRows } from "./user-rows.ts";

/** https://dev.twitch.tv/docs/api/reference#get-chatters */
export const getChatters = defineEndpoint({
  method: "GET",
  path: "/chat/chatters",
  tokens: "user",
  scopes: ["moderator:read:chatters"],
  answer(call) {
    const { channel } = needModeratedChannel(call);
    const { items, pagination } = takePage([...channel.chatters.keys()], call.query, {
      most: 1000,
      usual: 100,
    });
    return answerData(toUserRows(call.world, items), { pagination, total: channel.chatters.size });
  },
});
