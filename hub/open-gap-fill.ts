/** The gap fill as it stands in this hub: which channels it looks at, and with whose points. */
import { makeChannelStates } from "../db/channel-states.ts";
import type { Db } from "../db/open.ts";
import type { Clock, Millis } from "../shared/clock.ts";
import type { ChannelId } from "../shared/ids.ts";
import type { Logger } from "../shared/log.ts";
import type { Topic } from "../shared/twitch/topics.ts";
import type { Directory } from "./directory.ts";
import { makeTwitchLook } from "./gap-fill/look-at-twitch.ts";
import { type GapFill, type ServedChannel, startGapFill } from "./gap-fill/start-gap-fill.ts";
import type { Account } from "./open-account.ts";
import type { Router } from "./router.ts";
import type { WantedSubscription } from "./wanted-subscriptions.ts";

/** Helix tells of a stream's beginning and end up to some minutes late: looking more often finds nothing sooner. */
export const LOOK_EVERY_MS: Millis = 60_000;

export function openGapFill(using: {
  readonly db: Db;
  readonly account: Pick<Account, "callers" | "points" | "directory">;
  readonly wanted: () => readonly WantedSubscription[];
  readonly router: Pick<Router, "routeOwn">;
  readonly lookEveryMs: Millis;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Logger;
}): GapFill {
  const { callers, points, directory } = using.account;
  return startGapFill({
    ...using,
    look: makeTwitchLook(callers.bot),
    store: makeChannelStates(using.db),
    channels: () => toServed(using.wanted(), directory),
    onFound: using.router.routeOwn,
    waitForPointsMs: () => points.room("background").waitMs,
  });
}

function toServed(wanted: readonly WantedSubscription[], directory: Directory): readonly ServedChannel[] {
  const topics = new Map<ChannelId, Set<Topic>>();
  const served = new Map<ChannelId, ServedChannel>();
  for (const { channel, channelId, topic } of wanted) {
    const its = topics.get(channelId) ?? new Set();
    its.add(topic);
    topics.set(channelId, its);
    const name = directory.known(channel)?.displayName ?? channel;
    served.set(channelId, { channelId, login: channel, name, topics: its });
  }
  return [...served.values()];
}
