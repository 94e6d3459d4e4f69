import type { Login } from "../../shared/ids.ts";
import { type Topic, topicRow } from "../../shared/twitch/topics.ts";

/** What Twitch can be asked for afterwards, as plan-gap-fill.ts does. */
const ASKED_FOR: ReadonlySet<Topic> = new Set([
  "stream.online",
  "stream.offline",
  "channel.update",
  "channel.follow",
]);

/**
 * Pure: of what is wanted, what is lost when it comes while there is no connection. Where a worker is in the chat by
 * IRC, chat tells it some of that besides, whatever becomes of the hub.
 */
export function toUnlookedFor(
  wanted: readonly { readonly channel: Login; readonly topic: Topic }[],
): readonly Topic[] {
  const chatFromHere = new Set(
    wanted.filter(({ topic }) => topic === "channel.chat.message").map(({ channel }) => channel),
  );
  const lost = wanted.filter(({ channel, topic }) => {
    if (ASKED_FOR.has(topic)) return false;
    return !topicRow(topic).isToldInChat || chatFromHere.has(channel);
  });
  return [...new Set(lost.map(({ topic }) => topic))].sort();
}
