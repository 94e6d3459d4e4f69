import { answerData, defineEndpoint } from "./endpoint.ts";
import { manyParams, needParam } from "./query.ts";

const IDS_MAX = 100;

/** https://dev.twitch.tv/docs/api/reference#get-user-chat-color */
export const getChatColor = defineEndpoint({
  method: "GET",
  path: "/chat/color",
  tokens: "any",
  scopes: [],
  answer({ world, query }) {
    needParam(query, "user_id");
    const ids = [...new Set(manyParams(query, "user_id", IDS_MAX))];
    const users = ids.map((id) => world.users.get(id)).filter((user) => user !== undefined);
    return answerData(
      users.map((user) => ({
        user_id: user.id,
        user_login: user.login,
        user_name: user.displayName,
        color: user.color,
      })),
    );
  },
});
