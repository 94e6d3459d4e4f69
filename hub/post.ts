/** One channel's place at the router: its window of events, the worker that is here for them, and how far that one is. */
import type { Clock, Millis } from "../shared/clock.ts";
import type { ChannelId, Login } from "../shared/ids.ts";
import type { HubToWorker } from "../shared/ipc/hub-worker.ts";
import type { Link } from "../shared/ipc/link.ts";
import type { Logger } from "../shared/log.ts";
import type { Journal } from "./journal.ts";
import type { KeptEvent } from "./kept-lane.ts";
import type { JournalSource } from "./plan-journal.ts";
import { makeReplayWindow, type ReplayWindow } from "./replay-window.ts";
import { makeUnderWay } from "./under-way.ts";

export type WorkerLink = Pick<Link<HubToWorker>, "send" | "close">;

export interface Post extends JournalSource {
  readonly window: ReplayWindow;
  /** Once it is known. */
  channelId: ChannelId | undefined;
  link(): WorkerLink | undefined;
  attach(link: WorkerLink, resumeAfter: number | undefined): void;
  detach(): void;
  acknowledge(seq: number): void;
  sendWhatFits(): void;
  /** What was just added to the window: as a rule it is the next. */
  sendNew(event: KeptEvent): void;
  wishChanged(): void;
  tellSettled(): void;
  /** The channel is served no more. */
  forget(): void;
  status(now: Millis): {
    readonly channel: Login;
    readonly isConnected: boolean;
    readonly unacknowledged: number;
    readonly oldestAgoMs: Millis | undefined;
    readonly eventsSent: number;
  };
}

export function makePost(using: {
  readonly channel: Login;
  readonly clock: Clock;
  readonly log: Logger;
  readonly journal: Journal;
  readonly onRemoved: (event: KeptEvent, because: "acknowledged" | "dropped") => void;
}): Post {
  const { channel, clock, log, journal } = using;
  let link: WorkerLink | undefined;
  let wasToldSettled = false;
  /** The last number that was said on this link. */
  let sentSeq = 0;
  const underWay = makeUnderWay();
  let eventsSent = 0;

  const window = makeReplayWindow({
    clock,
    onRemoved(event, because) {
      journal.removed(event);
      if (because === "dropped") journal.note(post, "under-way");
      using.onRemoved(event, because);
    },
  });
  const dealtWith = (seq: number) => {
    const lostBefore = window.lost();
    window.acknowledge(seq);
    if (window.lost() !== lostBefore) journal.note(post, "under-way");
  };
  const sendEvent = (to: WorkerLink, { seq, message }: KeptEvent): boolean => {
    if (to.send(message) === "closed") return false;
    sentSeq = seq;
    underWay.add(seq, message.length);
    eventsSent += 1;
    return true;
  };
  const sendTo = (to: WorkerLink) => {
    while (underWay.hasRoom()) {
      const next = window.next(sentSeq);
      if (!next) return;
      if (next.is === "gap") {
        const { fromSeq, toSeq } = next;
        log.warn({ channel, fromSeq, toSeq }, "events are lost: the worker was away or slow for too long");
        if (to.send({ kind: "gap", fromSeq, toSeq }) === "closed") return;
        sentSeq = toSeq;
        continue;
      }
      if (!sendEvent(to, next.event)) return;
    }
  };
  const noteUnfinished = () => {
    if (window.unacknowledged() + window.lost() > 0)
      journal.note(post, link && sentSeq === window.lastSeq() ? "under-way" : "unsent");
  };
  const sendWhatFits = () => {
    if (link) sendTo(link);
    noteUnfinished();
  };

  const post: Post = {
    channel,
    channelId: undefined,
    window,
    isUnderWay: (seq) => link !== undefined && seq <= sentSeq,
    link: () => link,
    attach(to, resumeAfter) {
      if (link && link !== to) link.close("another connection of this worker took over");
      link = to;
      wasToldSettled = false;
      if (resumeAfter !== undefined) dealtWith(resumeAfter);
      sentSeq = window.acknowledged();
      underWay.clear();
      sendWhatFits();
    },
    detach() {
      link = undefined;
      if (window.unacknowledged() > 0) journal.note(post, "unsent");
    },
    acknowledge(seq) {
      dealtWith(seq);
      // It may be ahead of this link: numbers count for the hub's whole life, and the worker had them on another.
      sentSeq = Math.max(sentSeq, window.acknowledged());
      underWay.removeUpTo(seq);
      sendWhatFits();
    },
    sendWhatFits,
    sendNew(event) {
      const isNext = sentSeq === event.seq - 1 && window.firstAfter(sentSeq) === event;
      if (!link || !isNext || !underWay.hasRoom()) return sendWhatFits();
      sendEvent(link, event);
      noteUnfinished();
    },
    wishChanged() {
      wasToldSettled = false;
    },
    tellSettled() {
      if (link && !wasToldSettled) wasToldSettled = link.send({ kind: "topics-settled" }) === "sent";
    },
    forget() {
      window.acknowledge(Number.POSITIVE_INFINITY);
      journal.forget(post);
    },
    status: (now) => {
      const since = window.oldestSince();
      return {
        channel,
        isConnected: link !== undefined,
        unacknowledged: window.unacknowledged(),
        oldestAgoMs: since === undefined ? undefined : now - since,
        eventsSent,
      };
    },
  };
  return post;
}
