import * as v from "valibot";
import { ban, isBannedForGood, unban } from "../world/operations.ts";
import type { Channel, User } from "../world/world.ts";
import { parseBody } from "./body.ts";
import { ANSWER_EMPTY, answerData, defineEndpoint } from "./endpoint.ts";
import { needModeratedChannel } from "./permissions.ts";
import { needParam } from "./query.ts";
import { HelixRefusal } from "./refusal.ts";
import { toTimestamp } from "./timestamp.ts";

const TIMEOUT_SECONDS_MAX = 1_209_600;
const REASON_CHARACTERS_MAX = 500;

const BanBody = v.object({
  data: v.object({
    user_id: v.string(),
    duration: v.nullish(v.pipe(v.number(), v.integer())),
    reason: v.nullish(v.string()),
  }),
});

/** https://dev.twitch.tv/docs/api/reference#ban-user */
export const postBans = defineEndpoint({
  method: "POST",
  path: "/moderation/bans",
  tokens: "user",
  scopes: ["moderator:manage:banned_users"],
  answer(call) {
    const { channel, moderator } = needModeratedChannel(call);
    const { user_id, duration, reason } = parseBody(BanBody, call.body).data;
    const user = call.world.users.get(user_id);
    if (!user) throw new HelixRefusal(400, "The user specified in the user_id field does not exist.");
    if ((reason?.length ?? 0) > REASON_CHARACTERS_MAX)
      throw new HelixRefusal(400, "The text in the reason field is too long.");
    const forSeconds = duration ?? undefined;
    if (forSeconds !== undefined && (forSeconds < 1 || forSeconds > TIMEOUT_SECONDS_MAX)) {
      throw new HelixRefusal(400, "The value in the duration field is not valid.");
    }
    checkBannable(channel, user, moderator, forSeconds);
    ban(call.world, channel, user, { by: moderator, reason: reason ?? "", forSeconds });
    const now = call.world.clock.now();
    const endTime = forSeconds === undefined ? null : toTimestamp(now + forSeconds * 1000);
    const row = {
      broadcaster_id: channel.owner.id,
      moderator_id: moderator.id,
      user_id,
      created_at: toTimestamp(now),
      end_time: endTime,
    };
    return answerData([row]);
  },
});

/** A moderator may not act against the broadcaster or another moderator; the broadcaster may against moderators. */
function checkBannable(channel: Channel, user: User, by: User, forSeconds: number | undefined): void {
  const isProtected =
    user.id === channel.owner.id || (channel.moderators.has(user.id) && by.id !== channel.owner.id);
  if (isProtected || user.id === by.id) {
    const what = forSeconds === undefined ? "banned" : "put in a timeout";
    throw new HelixRefusal(400, `The user specified in the user_id field may not be ${what}.`);
  }
  if (isBannedForGood(channel, user))
    throw new HelixRefusal(400, "The user specified in the user_id field is already banned.");
}

/** https://dev.twitch.tv/docs/api/reference#unban-user */
export const deleteBans = defineEndpoint({
  method: "DELETE",
  path: "/moderation/bans",
  tokens: "user",
  scopes: ["moderator:manage:banned_users"],
  answer(call) {
    const { channel, moderator } = needModeratedChannel(call);
    const user = call.world.users.get(needParam(call.query, "user_id"));
    if (!user || unban(call.world, channel, user, moderator).is === "refused") {
      throw new HelixRefusal(400, "The user in the user_id query parameter is not banned.");
    }
    return ANSWER_EMPTY;
  },
});
