/**
 * From one stream of notifications to many workers. Per channel: numbered, kept until acknowledged, sent in order
 * while the worker keeps up. A worker that is slow, stopped or away costs the others nothing.
 */
import type { Clock } from "../shared/clock.ts";
import type { ChannelId, Login } from "../shared/ids.ts";
import type { HubToWorker } from "../shared/ipc/hub-worker.ts";
import type { Link } from "../shared/ipc/link.ts";
import type { Logger } from "../shared/log.ts";
import { parseEvent } from "./eventsub/parse-event.ts";
import type { Notification } from "./eventsub/parse-frame.ts";
import { makeReplayWindow, type ReplayWindow } from "./replay-window.ts";
import { makeSeenEvents } from "./seen-events.ts";

export type WorkerLink = Link<HubToWorker>;

export interface Router {
  /** From now on this channel's events are kept, whether or not its worker is here. */
  know(channel: Login, channelId: ChannelId): void;
  route(notification: Notification): void;
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
  counts(): {
    readonly received: number;
    readonly duplicates: number;
    readonly routed: number;
    readonly withoutWorker: number;
  };
  workers(): readonly {
    readonly channel: Login;
    readonly isConnected: boolean;
    readonly unacknowledged: number;
    readonly eventsSent: number;
  }[];
}

/** So many events may be under way to one worker; the next waits for an acknowledgement. Keeps every socket far below its limit. */
export const UNDER_WAY_MAX = 256;

interface Post {
  readonly channel: Login;
  readonly window: ReplayWindow;
  link: WorkerLink | undefined;
  wasToldSettled: boolean;
  /** The last number that was sent on this link. */
  sentSeq: number;
  acknowledgedSeq: number;
  eventsSent: number;
}

export function makeRouter(using: { readonly clock: Clock; readonly log: Logger }): Router {
  const { clock, log } = using;
  const posts = new Map<Login, Post>();
  const byId = new Map<ChannelId, Post>();
  const seenEvents = makeSeenEvents(clock);
  let kept: ReadonlySet<Login> | undefined;
  const counts = { received: 0, duplicates: 0, routed: 0, withoutWorker: 0 };

  const getPost = (channel: Login) => {
    const found = posts.get(channel);
    if (found) return found;
    const made: Post = {
      channel,
      window: makeReplayWindow(clock),
      link: undefined,
      wasToldSettled: false,
      sentSeq: 0,
      acknowledgedSeq: 0,
      eventsSent: 0,
    };
    posts.set(channel, made);
    return made;
  };
  const forgetUnkept = (post: Post) => {
    if (kept === undefined || kept.has(post.channel) || post.link) return;
    posts.delete(post.channel);
    for (const [id, known] of byId) if (known === post) byId.delete(id);
  };
  const sendWhatFits = (post: Post) => {
    const { link } = post;
    if (!link || post.sentSeq - post.acknowledgedSeq >= UNDER_WAY_MAX) return;
    const { events, gap } = post.window.after(post.sentSeq);
    if (gap) {
      log.warn({ channel: post.channel, ...gap }, "events were lost: the worker was away for too long");
      if (link.send({ kind: "gap", ...gap }) === "closed") return;
      post.acknowledgedSeq = Math.max(post.acknowledgedSeq, gap.toSeq);
    }
    for (const event of events) {
      if (event.seq - post.acknowledgedSeq > UNDER_WAY_MAX || link.send(event) === "closed") return;
      post.sentSeq = event.seq;
      post.eventsSent += 1;
    }
  };

  return {
    know(channel, channelId) {
      byId.set(channelId, getPost(channel));
    },
    route(notification) {
      counts.received += 1;
      const parsed = parseEvent(notification.type, notification.event);
      if (parsed.is === "unknown")
        return log.warn({ problem: parsed.problem }, "an event was not understood");
      const post = byId.get(parsed.channelId);
      if (!post) return log.warn({ channelId: parsed.channelId }, "an event for a channel that is not ours");
      if (!seenEvents.isNew(notification.messageId, parsed.channelId, parsed.body)) {
        counts.duplicates += 1;
        return;
      }
      post.window.add({ id: notification.messageId, at: notification.at, body: parsed.body });
      counts.routed += 1;
      if (!post.link) counts.withoutWorker += 1;
      sendWhatFits(post);
    },
    attach(channel, link, resumeAfter) {
      const post = getPost(channel);
      if (post.link && post.link !== link) post.link.close("another connection of this worker took over");
      post.link = link;
      post.wasToldSettled = false;
      const resumeFrom = resumeAfter ?? post.acknowledgedSeq;
      post.window.acknowledge(resumeFrom);
      post.sentSeq = resumeFrom;
      post.acknowledgedSeq = resumeFrom;
      sendWhatFits(post);
    },
    detach(channel, link) {
      const post = posts.get(channel);
      if (post?.link !== link) return;
      post.link = undefined;
      forgetUnkept(post);
    },
    acknowledge(channel, link, seq) {
      const post = posts.get(channel);
      if (post?.link !== link) return;
      post.acknowledgedSeq = Math.max(post.acknowledgedSeq, Math.min(seq, post.sentSeq));
      post.window.acknowledge(post.acknowledgedSeq);
      sendWhatFits(post);
    },
    wishChanged(channel) {
      const post = posts.get(channel);
      if (post) post.wasToldSettled = false;
    },
    tellSettled(channels) {
      for (const channel of channels) {
        const post = posts.get(channel);
        if (!post?.link || post.wasToldSettled) continue;
        post.wasToldSettled = post.link.send({ kind: "topics-settled" }) === "sent";
      }
    },
    keepOnly(channels) {
      kept = new Set(channels);
      for (const post of posts.values()) forgetUnkept(post);
    },
    findLink: (channel) => posts.get(channel)?.link,
    counts: () => counts,
    workers: () =>
      [...posts.values()].map(({ channel, link, window, eventsSent }) => ({
        channel,
        isConnected: link !== undefined,
        unacknowledged: window.unacknowledged(),
        eventsSent,
      })),
  };
}
