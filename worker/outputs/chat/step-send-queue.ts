/**
 * The order in which a worker speaks in its channel, as a pure machine. It sends the most urgent text whose time
 * is not over, one at a time: first the channel's own pace, then a permit of the account, then the words. A permit
 * is for whatever is most urgent when it comes, not for the text it was asked for; one that finds nothing to say is
 * given back. What is asked for is always what would go next: a more urgent text asks anew.
 */
import type { Millis } from "../../../shared/clock.ts";
import { LANES, type Lane } from "../../output.ts";

/** So much the way to Twitch may grow shorter from one message to the next before their answers are compared. */
export const WAY_MS: Millis = 200;
/** Twitch's clock and ours need not tick alike. */
export const TICK_MS: Millis = 10;
/** More than this waiting is a backlog nobody reads any more. */
export const WAITING_MAX = 50;

export interface Waiting {
  readonly ticket: number;
  readonly lane: Lane;
  readonly deadlineAt: Millis;
}

/** What a permit was asked for. */
export type Turn = { readonly is: "none" } | ({ readonly is: "asked" } & Asked);
type Asked = Pick<Waiting, "lane" | "deadlineAt">;

export interface SendQueue {
  /** Most urgent first; within a lane in order of arrival. */
  readonly waiting: readonly Waiting[];
  readonly turn: Turn;
  readonly voice: "open" | "closed";
  /** What was said last has to be answered before anything else is. */
  readonly isOneAtATime: boolean;
  /** So many were said and have no end yet. */
  readonly unanswered: number;
  /** The rest that Twitch demands between two messages in this channel; 0: none. It counts from when it has the first. */
  readonly paceMs: Millis;
  readonly lastSentAt: Millis | undefined;
  readonly lastAnsweredAt: Millis | undefined;
  readonly isStopped: boolean;
}

export type SendEvent =
  | { readonly kind: "offered"; readonly item: Waiting }
  /** One is in hand: this step sends or gives it back. */
  | { readonly kind: "permitted" }
  /** There will be none before then. */
  | { readonly kind: "refused"; readonly until: Millis }
  | { readonly kind: "voice-opened"; readonly isOneAtATime?: boolean }
  /** `answered`: what was said last has its end. */
  | { readonly kind: "voice-closed" | "answered" | "tick" | "stopped" }
  | { readonly kind: "pace-changed"; readonly paceMs: Millis };

export type SendOrder =
  | ({ readonly do: "ask-permit" } & Asked)
  | { readonly do: "unask" | "give-back" }
  | { readonly do: "send"; readonly ticket: number }
  | { readonly do: "expire"; readonly ticket: number }
  | { readonly do: "drop"; readonly ticket: number; readonly because: DropCause }
  /** Replaces the one of the step before; a step without it needs no waking. */
  | { readonly do: "wake-me"; readonly at: Millis };
/** `crowded`: the account may not say so much more in time. */
export type DropCause = "queue-full" | "no-connection" | "stopping" | "crowded";

export const emptySendQueue: SendQueue = {
  waiting: [],
  turn: { is: "none" },
  voice: "closed",
  isOneAtATime: false,
  unanswered: 0,
  paceMs: 0,
  lastSentAt: undefined,
  lastAnsweredAt: undefined,
  isStopped: false,
};

interface Step {
  readonly queue: SendQueue;
  readonly orders: readonly SendOrder[];
}

export function stepSendQueue(queue: SendQueue, event: SendEvent, now: Millis): Step {
  const heard = hear(queue, event, now);
  const cleared = clearOut(heard.queue, now);
  const spoken =
    event.kind === "permitted" ? speak(cleared.queue, now) : { queue: cleared.queue, orders: [] };
  const asked = ask(spoken.queue, now);
  return {
    queue: asked.queue,
    orders: [
      ...heard.orders,
      ...cleared.orders,
      ...spoken.orders,
      ...asked.orders,
      ...wakeUp(asked.queue, now),
    ],
  };
}

function hear(queue: SendQueue, event: SendEvent, now: Millis): Step {
  switch (event.kind) {
    case "offered":
      return admit(queue, event.item);
    case "permitted":
      return { queue: { ...queue, turn: { is: "none" } }, orders: [] };
    case "refused":
      return giveUp({ ...queue, turn: { is: "none" } }, Math.max(now, event.until));
    case "voice-opened":
      return { queue: { ...queue, voice: "open", isOneAtATime: event.isOneAtATime === true }, orders: [] };
    case "voice-closed":
      return { queue: { ...queue, voice: "closed" }, orders: [] };
    case "answered":
      return {
        queue: { ...queue, unanswered: Math.max(0, queue.unanswered - 1), lastAnsweredAt: now },
        orders: [],
      };
    case "pace-changed":
      return { queue: { ...queue, paceMs: event.paceMs }, orders: [] };
    case "stopped":
      return { queue: { ...queue, isStopped: true }, orders: [] };
    case "tick":
      return { queue, orders: [] };
  }
}

/** The one that was asked for, and all others that can't wait so long. */
function giveUp(queue: SendQueue, until: Millis): Step {
  const isHopeless = (item: Waiting, place: number) => place === 0 || item.deadlineAt <= until;
  const hopeless = queue.waiting.filter(isHopeless);
  return {
    queue: { ...queue, waiting: queue.waiting.filter((item, place) => !isHopeless(item, place)) },
    orders: hopeless.map(({ ticket }) => ({ do: "drop", ticket, because: "crowded" }) as const),
  };
}

/** A full queue gives up its least urgent, latest text, which may be the new one. */
function admit(queue: SendQueue, item: Waiting): Step {
  const behind = queue.waiting.findIndex((other) => urgency(other.lane) > urgency(item.lane));
  const at = behind === -1 ? queue.waiting.length : behind;
  const waiting = queue.waiting.toSpliced(at, 0, item);
  const last = waiting.length > WAITING_MAX ? waiting.pop() : undefined;
  return {
    queue: { ...queue, waiting },
    orders: last ? [{ do: "drop", ticket: last.ticket, because: "queue-full" }] : [],
  };
}

const urgency = (lane: Lane): number => LANES.indexOf(lane);

function clearOut(queue: SendQueue, now: Millis): Step {
  if (queue.isStopped) {
    const orders = queue.waiting.map(({ ticket }) => ({ do: "drop", ticket, because: "stopping" }) as const);
    return { queue: { ...queue, waiting: [] }, orders };
  }
  const over = queue.waiting.filter((item) => item.deadlineAt <= now);
  if (over.length === 0) return { queue, orders: [] };
  return {
    queue: { ...queue, waiting: queue.waiting.filter((item) => item.deadlineAt > now) },
    orders: over.map(({ ticket }) =>
      queue.voice === "open" ? { do: "expire", ticket } : { do: "drop", ticket, because: "no-connection" },
    ),
  };
}

function speak(queue: SendQueue, now: Millis): Step {
  const [next, ...rest] = queue.waiting;
  if (!next || !canSpeak(queue, now)) return { queue, orders: [{ do: "give-back" }] };
  return {
    queue: { ...queue, waiting: rest, lastSentAt: now, unanswered: queue.unanswered + 1 },
    orders: [{ do: "send", ticket: next.ticket }],
  };
}

function ask(queue: SendQueue, now: Millis): Step {
  const [next] = queue.waiting;
  const { turn } = queue;
  if (!next || !canSpeak(queue, now)) {
    return turn.is === "none"
      ? { queue, orders: [] }
      : { queue: { ...queue, turn: { is: "none" } }, orders: [{ do: "unask" }] };
  }
  const { lane, deadlineAt } = next;
  if (turn.is === "asked" && turn.lane === lane && turn.deadlineAt === deadlineAt)
    return { queue, orders: [] };
  return {
    queue: { ...queue, turn: { is: "asked", lane, deadlineAt } },
    orders: [{ do: "ask-permit", lane, deadlineAt }],
  };
}

const canSpeak = (queue: SendQueue, now: Millis): boolean =>
  queue.waiting.length > 0 && queue.voice === "open" && pacedAt(queue) <= now;

/**
 * A message may be late on its way and the next one not: by our clock alone they could stand too close at Twitch's. What
 * has its answer has arrived, so the rest counts from there; until then nothing that has a pace is said. Infinity:
 * not before an answer.
 */
function pacedAt({ unanswered, isOneAtATime, paceMs, lastSentAt, lastAnsweredAt }: SendQueue): Millis {
  if (unanswered > 0 && (isOneAtATime || paceMs > 0)) return Number.POSITIVE_INFINITY;
  if (paceMs === 0) return Number.NEGATIVE_INFINITY;
  const from = (at: Millis | undefined, marginMs: Millis) =>
    (at ?? Number.NEGATIVE_INFINITY) + paceMs + marginMs;
  return Math.max(from(lastSentAt, WAY_MS), from(lastAnsweredAt, TICK_MS));
}

function wakeUp(queue: SendQueue, now: Millis): readonly SendOrder[] {
  const times = queue.waiting.map((item) => item.deadlineAt);
  if (queue.waiting.length > 0 && queue.voice === "open") times.push(pacedAt(queue));
  const next = Math.min(...times.filter((at) => at > now));
  return Number.isFinite(next) ? [{ do: "wake-me", at: next }] : [];
}
