import type { Carrier } from "../eventsub/transport.ts";
import { CHANNELS_JOINED_MAX } from "../permits/joined-channels.ts";
import type { Refusal } from "./budget.ts";
import { isAlive, type Seen, type Wanted } from "./subscription.ts";

/**
 * Pure. With the bot's own token each chat that is read is a channel joined, and Twitch answers the one too many like a
 * missing permission: whoever went looking for that would look in vain.
 */
export function explainChatRefusal<Of extends Refusal>(
  refusal: Of,
  want: Wanted,
  on: Carrier,
  seen: readonly Seen[],
): Of {
  if (want.topic !== "channel.chat.message" || on.method !== "websocket") return refusal;
  const heard = seen.filter((one) => one.topic === want.topic && isAlive(one)).length;
  if (heard < CHANNELS_JOINED_MAX) return refusal;
  const problem = `${refusal.problem}; or it is one too many: the bot hears ${heard} chats with its own token, and Twitch lets an account be in ${CHANNELS_JOINED_MAX} where it is no moderator: make it a moderator in this channel, or in others; a conduit (twitch.client_secret) has no such limit`;
  return { ...refusal, problem };
}
