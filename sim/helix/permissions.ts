/** Whose channel, and may this caller moderate it: the checks many endpoints share, in Twitch's order. */
import type { Channel, User } from "../world/world.ts";
import type { HelixCall } from "./endpoint.ts";
import { needParam } from "./query.ts";
import { HelixRefusal } from "./refusal.ts";

/** The channel a required query parameter names. */
export function needChannel(call: HelixCall, name = "broadcaster_id"): Channel {
  const id = needParam(call.query, name);
  const channel = call.world.channels.get(id);
  if (!channel) throw new HelixRefusal(400, `The ID in the ${name} query parameter is not valid.`);
  return channel;
}

export function isModeratorOf(channel: Channel, user: User): boolean {
  return channel.owner.id === user.id || channel.moderators.has(user.id);
}

/** `broadcaster_id` and `moderator_id`: the moderator must be the token's user, and moderate that channel. */
export function needModeratedChannel(
  call: HelixCall,
  name = "broadcaster_id",
): { readonly channel: Channel; readonly moderator: User } {
  const channel = needChannel(call, name);
  const moderatorId = needParam(call.query, "moderator_id");
  if (call.caller?.id !== moderatorId) {
    throw new HelixRefusal(
      401,
      "The ID in moderator_id must match the user ID found in the request's OAuth token.",
    );
  }
  if (!isModeratorOf(channel, call.caller)) {
    throw new HelixRefusal(403, "The user in moderator_id is not one of the broadcaster's moderators.");
  }
  return { channel, moderator: call.caller };
}

/** `broadcaster_id` must be the token's user. */
export function needOwnChannel(call: HelixCall): Channel {
  const channel = needChannel(call);
  if (call.caller?.id !== channel.owner.id) {
    throw new HelixRefusal(
      401,
      "The ID in broadcaster_id must match the user ID found in the request's OAuth token.",
    );
  }
  return channel;
}
