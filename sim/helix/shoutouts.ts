import { shoutout } from "../world/operations.ts";
import { ANSWER_EMPTY, defineEndpoint, type HelixEndpoint } from "./endpoint.ts";
import { needChannel, needModeratedChannel } from "./permissions.ts";
import { HelixRefusal } from "./refusal.ts";

const BETWEEN_ANY_MS = 2 * 60_000;
const BETWEEN_SAME_MS = 60 * 60_000;

/**
 * https://dev.twitch.tv/docs/api/reference#send-a-shoutout : one every 2 minutes, the same streamer once an hour.
 * A maker, because the cooldowns belong to one simulation and to nothing else in it.
 */
export function makePostShoutouts(): HelixEndpoint {
  /** "from" and "from to" → when the last one was. */
  const lastAt = new Map<string, number>();
  return defineEndpoint({
    method: "POST",
    path: "/chat/shoutouts",
    tokens: "user",
    scopes: ["moderator:manage:shoutouts"],
    answer(call) {
      const { channel: from, moderator } = needModeratedChannel(call, "from_broadcaster_id");
      const to = needChannel(call, "to_broadcaster_id");
      if (from === to) throw new HelixRefusal(400, "The broadcaster may not give themselves a Shoutout.");
      if (!from.stream || from.stream.viewers < 1) {
        throw new HelixRefusal(
          400,
          "The broadcaster is not streaming live or does not have one or more viewers.",
        );
      }
      const now = call.world.clock.now();
      const pair = `${from.owner.id} ${to.owner.id}`;
      if (now < (lastAt.get(pair) ?? Number.NEGATIVE_INFINITY) + BETWEEN_SAME_MS) {
        const message =
          "The broadcaster may not give another Shoutout to the specified streamer until the cooldown period expires.";
        throw new HelixRefusal(429, message);
      }
      if (now < (lastAt.get(from.owner.id) ?? Number.NEGATIVE_INFINITY) + BETWEEN_ANY_MS) {
        throw new HelixRefusal(
          429,
          "The broadcaster may not give another Shoutout until the cooldown period expires.",
        );
      }
      lastAt.set(pair, now);
      lastAt.set(from.owner.id, now);
      shoutout(call.world, from, to, moderator);
      return ANSWER_EMPTY;
    },
  });
}
