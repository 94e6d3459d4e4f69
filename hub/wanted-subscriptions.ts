import type { DesiredSubscriptions } from "../db/desired-subscriptions.ts";
import { type ChannelId, channelIdOf, type Login } from "../shared/ids.ts";
import type { Topic } from "../shared/twitch/topics.ts";
import type { Directory } from "./directory.ts";

export interface WantedSubscription {
  readonly channel: Login;
  readonly channelId: ChannelId;
  readonly topic: Topic;
}

/** What the workers wish for, with the ids Twitch wants; a channel whose id is not known yet is left for a later pass. */
export function wantedSubscriptions(
  desired: DesiredSubscriptions,
  directory: Directory,
): readonly WantedSubscription[] {
  return [...desired.all()].flatMap(([channel, topics]) => {
    const user = directory.known(channel);
    return user ? [...topics].map((topic) => ({ channel, channelId: channelIdOf(user.userId), topic })) : [];
  });
}
