/**
 * What the worker's own connection to EventSub did not bring, looked for as the hub looks for it: after each time it was
 * away, and once a minute. What is found goes to the worker as the hub's events do, and is kept for the next process
 * until this one has dealt with it.
 */
import type { Db } from "../db/open.ts";
import type { Account } from "../hub/open-account.ts";
import { LOOK_EVERY_MS, openGapFill } from "../hub/open-gap-fill.ts";
import { openJournal } from "../hub/open-journal.ts";
import { makeRouter, type Router } from "../hub/router.ts";
import type { Clock, Millis } from "../shared/clock.ts";
import { type ChannelId, channelIdOf, type Login } from "../shared/ids.ts";
import type { LoneEvents } from "../shared/ipc/lone-control.ts";
import type { Logger } from "../shared/log.ts";
import type { ChannelEventBody } from "../shared/twitch/channel-event.ts";
import type { Topic } from "../shared/twitch/topics.ts";
import type { MissedEvents } from "../worker/direct/direct-desk.ts";

export interface MissedEventsDesk {
  readonly missed: MissedEvents;
  /** Where what was found goes to the worker. */
  readonly router: Router;
  state(): LoneEvents;
  stop(): void;
}

export function openMissedEvents(using: {
  readonly database: string;
  readonly db: Db;
  readonly account: Pick<Account, "callers" | "points" | "directory">;
  readonly channel: Login;
  readonly lookEveryMs?: Millis | undefined;
  readonly onTrouble: { begins(code: string, detail: string): void; ends(code: string): void };
  readonly onHeard: (channelId: ChannelId, body: ChannelEventBody) => void;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Logger;
}): MissedEventsDesk {
  const { account, channel, onTrouble, clock } = using;
  let topics: readonly Topic[] = [];
  let last: { readonly topic: Topic; readonly at: Millis } | undefined;

  const journal = openJournal({
    ...using,
    onTrouble: {
      begins: (problem) => onTrouble.begins("journal-away", problem),
      ends: () => onTrouble.ends("journal-away"),
      unreadable: (problem) => onTrouble.begins("journal-unreadable", problem),
    },
  });
  const hear = (channelId: ChannelId, body: ChannelEventBody) => {
    last = { topic: body.topic, at: clock.now() };
    using.onHeard(channelId, body);
  };
  const router = makeRouter({
    ...using,
    journal,
    onRouted: (_channel, channelId, { body }) => hear(channelId, body),
  });
  // What a house left for other channels is theirs.
  router.restore(journal.load().filter((left) => left.channel === channel));

  const findChannelId = () => {
    const user = account.directory.known(channel);
    return user && channelIdOf(user.userId);
  };
  const wanted = () => {
    const channelId = findChannelId();
    return channelId === undefined ? [] : topics.map((topic) => ({ channel, channelId, topic }));
  };
  const lookEveryMs = using.lookEveryMs ?? LOOK_EVERY_MS;
  const gapFill = openGapFill({ ...using, wanted, router, lookEveryMs });

  return {
    router,
    missed: {
      wants(now) {
        topics = now;
      },
      heard(body) {
        const channelId = findChannelId();
        if (channelId === undefined) return;
        gapFill.heard(channelId, body);
        hear(channelId, body);
      },
      settled: gapFill.afterOutage,
    },
    state() {
      const { lastLookAgoMs, recovered, problem } = gapFill.state();
      return {
        ...(last && { last: { topic: last.topic, agoMs: clock.now() - last.at } }),
        ...(lastLookAgoMs !== undefined && { lastLookAgoMs }),
        ...(problem !== undefined && { problem }),
        recovered,
      };
    },
    stop() {
      gapFill.stop();
      journal.close();
    },
  };
}
