import type { DesiredSubscriptions } from "../db/desired-subscriptions.ts";
import { type ChannelId, channelIdOf, type Login } from "../shared/ids.ts";
import type { Topic } from "../shared/twitch/topics.ts";
import type { Directory } from "./directory.ts";
import type { ReconcilePicture } from "./reconcile/loop.ts";
import { wantedKey } from "./reconcile/subscription.ts";

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

export const hearsChatByEventSub = (desired: Pick<DesiredSubscriptions, "all">, channel: string): boolean =>
  desired
    .all()
    .get(channel as Login)
    ?.has("channel.chat.message") ?? false;

/** Pure: the channels of which every wish is enabled at Twitch, or refused for a reason that was told. */
export function settledChannels(
  wanted: readonly WantedSubscription[],
  picture: Pick<ReconcilePicture, "seen" | "refusals">,
): readonly Login[] {
  const enabled = new Set(picture.seen.filter((one) => one.status === "enabled").map(wantedKey));
  const isSettled = (one: WantedSubscription) =>
    enabled.has(wantedKey(one)) || picture.refusals.has(wantedKey(one));
  const open = new Set(wanted.filter((one) => !isSettled(one)).map((one) => one.channel));
  return [...new Set(wanted.map((one) => one.channel))].filter((channel) => !open.has(channel));
}
