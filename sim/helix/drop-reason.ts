/**
 * IRC and Helix word the same refusal differently. Twitch documents no list of drop codes (twitchdev/issues #962);
 * those translated here were seen in the wild, every other one is passed on with its IRC name.
 */
import { HelixRefusal } from "./refusal.ts";

export interface DropReason {
  readonly code: string;
  readonly message: string;
}

/** Without the remaining time that IRC tells: twitchdev/issues #1002. */
const TIMED_OUT: DropReason = {
  code: "user_timed_out",
  message: "You are timed out from talking in the room.",
};

/** @throws HelixRefusal for those who may not speak there at all. */
export function toDropReason(dropped: DropReason): DropReason {
  const { code, message } = dropped;
  switch (code) {
    case "msg_banned":
    case "msg_channel_blocked":
      throw new HelixRefusal(
        403,
        "The sender is not permitted to send chat messages to the broadcaster's chat room.",
      );
    case "msg_timedout":
      return TIMED_OUT;
    case "msg_followersonly":
    case "msg_followersonly_zero":
    case "msg_followersonly_followed":
      return { code: "followers_only_mode", message };
    default:
      return { code, message };
  }
}
