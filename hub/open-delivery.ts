/** Events on their way to workers: the router, what it writes down, and whoever watches them pass. */
import type { Clock } from "../shared/clock.ts";
import type { ChannelId } from "../shared/ids.ts";
import type { ChildLife } from "../shared/ipc/child-life.ts";
import type { Logger } from "../shared/log.ts";
import type { Journal } from "./journal.ts";
import { openJournal } from "./open-journal.ts";
import { type EventFeed, makeEventFeed, toPassingEvent } from "./operator/event-feed.ts";
import { type LastEvents, makeLastEvents } from "./operator/last-events.ts";
import type { NewEvent } from "./replay-window.ts";
import { makeRouter, type Router } from "./router.ts";

export interface Delivery {
  readonly router: Router;
  readonly journal: Journal;
  readonly feed: EventFeed;
  readonly lastEvents: LastEvents;
}

export function openDelivery(using: {
  readonly database: string;
  readonly life: () => Pick<ChildLife, "trouble" | "condition">;
  /** What is new, before it goes to its worker. */
  readonly onEvent: (channelId: ChannelId, event: NewEvent) => void;
  readonly clock: Clock;
  readonly log: Logger;
}): Delivery {
  const { clock, life } = using;
  const journal = openJournal({
    ...using,
    onTrouble: {
      begins: (problem) => life().condition.troubleBegins("journal-away", problem),
      ends: () => life().condition.troubleEnds("journal-away"),
      unreadable: (problem) => life().trouble("journal-unreadable", problem),
    },
  });
  const feed = makeEventFeed();
  const lastEvents = makeLastEvents(clock);
  const router = makeRouter({
    ...using,
    journal,
    onRouted(channel, channelId, event) {
      using.onEvent(channelId, event);
      lastEvents.note(event.body.topic);
      if (feed.isWatched()) feed.pass(toPassingEvent(channel, event));
    },
  });
  return { router, journal, feed, lastEvents };
}
