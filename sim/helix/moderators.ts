import { answerData, defineEndpoint } from "./endpoint.ts";
import { needOwnChannel } from "./permissions.ts";
import { manyParams, needParam, takePage } from "./query.ts";
import { HelixRefusal } from "./refusal.ts";
import { toUserRows } from "./user-rows.ts";

const IDS_MAX = 100;

/** https://dev.twitch.tv/docs/api/reference#get-moderators */
export const getModerators = defineEndpoint({
  method: "GET",
  path: "/moderation/moderators",
  tokens: "user",
  scopes: ["moderation:read", "channel:manage:moderators"],
  answer(call) {
    const channel = needOwnChannel(call);
    const wanted = new Set(manyParams(call.query, "user_id", IDS_MAX));
    const ids = [...channel.moderators].filter((id) => wanted.size === 0 || wanted.has(id));
    const { items, pagination } = takePage(ids, call.query, { most: 100, usual: 20 });
    return answerData(toUserRows(call.world, items), { pagination });
  },
});

/** https://dev.twitch.tv/docs/api/reference#get-moderated-channels */
export const getModeratedChannels = defineEndpoint({
  method: "GET",
  path: "/moderation/channels",
  tokens: "user",
  scopes: ["user:read:moderated_channels"],
  answer(call) {
    const userId = needParam(call.query, "user_id");
    if (call.caller?.id !== userId) {
      throw new HelixRefusal(
        401,
        "The ID in user_id must match the user ID found in the request's OAuth token.",
      );
    }
    const channels = [...call.world.channels.values()].filter((channel) => channel.moderators.has(userId));
    const { items, pagination } = takePage(channels, call.query, { most: 100, usual: 20 });
    const data = items.map(({ owner }) => ({
      broadcaster_id: owner.id,
      broadcaster_login: owner.login,
      broadcaster_name: owner.displayName,
    }));
    return answerData(data, { pagination });
  },
});
