import { answerData, defineEndpoint } from "./endpoint.ts";
import { isModeratorOf, needChannel } from "./permissions.ts";
import { takePage } from "./query.ts";
import { toTimestamp } from "./timestamp.ts";

/**
 * https://dev.twitch.tv/docs/api/reference#get-channel-followers : newest first. Who is neither the broadcaster
 * nor a moderator with the scope learns only the total.
 */
export const getFollowers = defineEndpoint({
  method: "GET",
  path: "/channels/followers",
  tokens: "any",
  scopes: [],
  answer(call) {
    const channel = needChannel(call);
    const total = channel.followers.size;
    const maySee =
      call.caller &&
      isModeratorOf(channel, call.caller) &&
      call.token.scopes.includes("moderator:read:followers");
    if (!maySee) return answerData([], { pagination: {}, total });
    const wanted = call.query.get("user_id");
    const rows = [...channel.followers]
      .filter(([id]) => !wanted || id === wanted)
      .sort(([, a], [, b]) => b - a);
    const { items, pagination } = takePage(rows, call.query, { most: 100, usual: 20 });
    const data = items.map(([id, at]) => {
      const user = call.world.getUser(id);
      return {
        user_id: id,
        user_name: user.displayName,
        user_login: user.login,
        followed_at: toTimestamp(at),
      };
    });
    return answerData(data, { pagination, total });
  },
});
