import * as v from "valibot";
import { announce } from "../world/operations.ts";
import type { Channel, User } from "../world/world.ts";
import { needAppGrants } from "./app-grants.ts";
import { parseBody } from "./body.ts";
import { ANSWER_EMPTY, defineEndpoint, type HelixCall } from "./endpoint.ts";
import { isModeratorOf, needChannel, needModeratedChannel } from "./permissions.ts";
import { needParam } from "./query.ts";
import { HelixRefusal } from "./refusal.ts";

const SCOPE = "moderator:manage:announcements";
const CHARACTERS_MAX = 500;
const COLORS: readonly string[] = ["blue", "green", "orange", "purple", "primary"];

const AnnouncementBody = v.object({ message: v.string(), color: v.nullish(v.string()) });

/** https://dev.twitch.tv/docs/api/reference#send-chat-announcement : longer texts are cut, not refused. */
export const postAnnouncements = defineEndpoint({
  method: "POST",
  path: "/chat/announcements",
  tokens: "any",
  scopes: [SCOPE],
  answer(call) {
    const { channel, moderator } =
      call.token.kind === "app" ? needRoomForApp(call) : needModeratedChannel(call);
    const { message, color } = parseBody(AnnouncementBody, call.body);
    const text = message.trim();
    if (text === "") throw new HelixRefusal(400, "The message field may not contain an empty string.");
    const wanted = color ?? "primary";
    if (!COLORS.includes(wanted)) throw new HelixRefusal(400, "The specified color is not valid.");
    announce(call.world, channel, moderator, [...text].slice(0, CHARACTERS_MAX).join(""), wanted);
    return ANSWER_EMPTY;
  },
});

function needRoomForApp(call: HelixCall): { readonly channel: Channel; readonly moderator: User } {
  const channel = needChannel(call);
  const moderator = call.world.users.get(needParam(call.query, "moderator_id"));
  if (!moderator) throw new HelixRefusal(400, "The ID in the moderator_id query parameter is not valid.");
  needAppGrants(call, { channel, sender: moderator, scope: SCOPE, isModEnough: false });
  if (!isModeratorOf(channel, moderator)) {
    throw new HelixRefusal(403, "The user in moderator_id is not one of the broadcaster's moderators.");
  }
  return { channel, moderator };
}
