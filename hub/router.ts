/**
 * From one stream of notifications to many workers. Per channel: numbered, kept until acknowledged, sent in order
 * while the worker keeps up. A worker that is slow, stopped or away costs the others nothing.
 *
 * What becomes of events without a worker: a channel of the house keeps them, within its window's bounds, for the
 * worker that comes, over restarts of the hub too; what does not fit is told to that worker as a gap. A channel that
 * left the house keeps none. What is about nobody of ours is dropped.
 */
import type { JournalledChannel } from "../db/event-journal.ts";
import type { Clock, Millis } from "../shared/clock.ts";
import type { ChannelId, Login } from "../shared/ids.ts";
import type { HubEvent } from "../shared/ipc/hub-worker.ts";
import type { Logger } from "../shared/log.ts";
import { parseEvent } from "../shared/twitch/parse-event.ts";
import { makeSeenEvents } from "../shared/twitch/seen-events.ts";
import { type Notification, unbatch } from "./eventsub/parse-frame.ts";
import type { Journal } from "./journal.ts";
import type { KeptEvent } from "./kept-lane.ts";
import { makePost, type Post, type WorkerLink } from "./post.ts";
import { makeRareWarnings } from "./rare-warnings.ts";
import type { NewEvent } from "./replay-window.ts";

type RoutedNotification = Pick<Notification, "messageId" | "at" | "type" | "event" | "batch">;

export interface Router {
  /** From now on this channel's events are kept, whether or not its worker is here. */
  know(channel: Login, channelId: ChannelId): void;
  /** What an earlier hub left behind: before anything else is routed. */
  restore(left: readonly JournalledChannel[]): void;
  route(notification: RoutedNotification): void;
  /** An event that we found out ourselves. */
  routeOwn(channelId: ChannelId, event: NewEvent): void;
  /** A worker is here; `resumeAfter` undefined: it is new and gets what nobody has dealt with. */
  attach(channel: Login, link: WorkerLink, resumeAfter: number | undefined): void;
  detach(channel: Login, link: WorkerLink): void;
  acknowledge(channel: Login, link: WorkerLink, seq: number): void;
  /** This channel's worker has said its wish: it is to hear when that is settled, though it was before. */
  wishChanged(channel: Login): void;
  /** Tells the workers of these channels, once for each connection, that their wishes are settled. */
  tellSettled(channels: readonly Login[]): void;
  /** Forgets channels that are not among these, as soon as they have no worker here. */
  keepOnly(channels: readonly Login[]): void;
  findLink(channel: Login): WorkerLink | undefined;
  counts(): RouterCounts;
  workers(): readonly {
    readonly channel: Login;
    readonly isConnected: boolean;
    readonly unacknowledged: number;
    readonly oldestAgoMs: Millis | undefined;
    readonly eventsSent: number;
  }[];
}

export interface RouterCounts {
  /** From Twitch. */
  readonly received: number;
  readonly duplicates: number;
  readonly routed: number;
  readonly withoutWorker: number;
  /** Too old, or too many, before their worker had dealt with them. */
  readonly dropped: number;
}

/** Of all channels together: when every worker is gone, the fullest channels give up their oldest events first. */
export const HOUSE_CHARS_MAX = 48 * 1024 * 1024;

export function makeRouter(using: {
  readonly clock: Clock;
  readonly log: Logger;
  readonly journal: Journal;
  /** What is new, in the order it is routed in. */
  readonly onRouted?: (channel: Login, channelId: ChannelId, event: NewEvent) => void;
}): Router {
  const { clock, log, journal } = using;
  const posts = new Map<Login, Post>();
  const byId = new Map<ChannelId, Post>();
  const seenEvents = makeSeenEvents(clock);
  const rarely = makeRareWarnings({ clock, log });
  let kept: ReadonlySet<Login> | undefined;
  let houseChars = 0;
  const counts = { received: 0, duplicates: 0, routed: 0, withoutWorker: 0, dropped: 0 };

  const getPost = (channel: Login): Post => {
    const found = posts.get(channel);
    if (found) return found;
    const made = makePost({
      channel,
      clock,
      log,
      journal,
      onRemoved(event, because) {
        houseChars -= event.message.length;
        if (because === "dropped") counts.dropped += 1;
      },
    });
    posts.set(channel, made);
    return made;
  };
  const forgetUnkept = (post: Post) => {
    if (kept === undefined || kept.has(post.channel) || post.link()) return;
    posts.delete(post.channel);
    for (const [id, known] of byId) if (known === post) byId.delete(id);
    post.forget();
  };
  const keep = (post: Post, event: NewEvent, before?: Pick<KeptEvent, "since" | "position">) => {
    const added = post.window.add(event, before);
    houseChars += added.message.length;
    while (houseChars > HOUSE_CHARS_MAX) fullest(posts.values())?.window.dropOldest();
    return added;
  };
  const take = (post: Post, channelId: ChannelId, event: NewEvent) => {
    if (!seenEvents.isNew(event.id, channelId, event.body)) {
      counts.duplicates += 1;
      return;
    }
    const added = keep(post, event);
    counts.routed += 1;
    if (!post.link()) counts.withoutWorker += 1;
    post.sendNew(added);
    using.onRouted?.(post.channel, channelId, event);
  };
  const findPost = (channelId: ChannelId): Post | undefined => {
    const post = byId.get(channelId);
    if (!post) rarely.warn(`channel ${channelId}`, { channelId }, "an event for a channel that is not ours");
    return post;
  };

  const routeOne = ({ messageId, at, type, event }: Omit<RoutedNotification, "batch">) => {
    counts.received += 1;
    const parsed = parseEvent(type, event);
    if (parsed.is === "unknown") {
      return rarely.warn(parsed.problem, { problem: parsed.problem }, "an event was not understood");
    }
    const post = findPost(parsed.channelId);
    if (post) take(post, parsed.channelId, { id: messageId, at, body: parsed.body });
  };

  return {
    know(channel, channelId) {
      const post = getPost(channel);
      post.channelId = channelId;
      byId.set(channelId, post);
    },
    restore(left) {
      // A wall clock that was set back makes nothing younger than new.
      const toMonotonic = (wall: Millis) => clock.now() - Math.max(0, clock.wall() - wall);
      for (const { channel, lost, events } of left) {
        const post = getPost(channel);
        journal.adopt(post, lost);
        post.window.skip(lost);
        for (const { event, position, receivedAt } of events) {
          if (event) {
            if (post.channelId) seenEvents.isNew(event.id, post.channelId, event.body);
            keep(post, toNewEvent(event), { since: toMonotonic(receivedAt), position });
          } else {
            post.window.skip(1);
            journal.removed({ position });
          }
        }
        log.info({ channel, events: events.length, lost }, "an earlier hub left events for this channel");
        post.sendWhatFits();
      }
    },
    route(notification) {
      if (notification.batch === undefined) return routeOne(notification);
      for (const one of unbatch(notification)) routeOne({ ...notification, ...one });
    },
    routeOwn(channelId, event) {
      const post = findPost(channelId);
      if (post) take(post, channelId, event);
    },
    attach(channel, link, resumeAfter) {
      getPost(channel).attach(link, resumeAfter);
    },
    detach(channel, link) {
      const post = posts.get(channel);
      if (post?.link() !== link) return;
      post.detach();
      forgetUnkept(post);
    },
    acknowledge(channel, link, seq) {
      const post = posts.get(channel);
      if (post?.link() === link) post.acknowledge(seq);
    },
    wishChanged: (channel) => posts.get(channel)?.wishChanged(),
    tellSettled(channels) {
      for (const channel of channels) posts.get(channel)?.tellSettled();
    },
    keepOnly(channels) {
      kept = new Set(channels);
      for (const post of posts.values()) forgetUnkept(post);
    },
    findLink: (channel) => posts.get(channel)?.link(),
    counts: () => counts,
    workers: () => [...posts.values()].map((post) => post.status(clock.now())),
  };
}

const toNewEvent = ({ kind: _kind, seq: _seq, ...event }: HubEvent): NewEvent => event;

function fullest(posts: Iterable<Post>): Post | undefined {
  let found: Post | undefined;
  for (const post of posts) if (post.window.chars() > (found?.window.chars() ?? 0)) found = post;
  return found;
}
