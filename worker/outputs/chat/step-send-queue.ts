/**
 * The order in which a worker speaks in its channel, as a pure machine. It sends the most urgent text whose time
 * is not over, one at a time: first the channel's own pace, then a slot of the account's budget (a permit), then
 * the words. A permit is for an instant, not for a text: when the instant comes, whatever is most urgent by then
 * goes out, and a permit nobody needs any more is let go, because saved-up permits would pass Twitch's limit.
 */
import type { Millis } from "../../../shared/clock.ts";
import { LANES, type Lane } from "../../output.ts";

/** More than this waiting is a backlog nobody reads any more. */
export const WAITING_MAX = 50;

export interface Waiting {
  readonly ticket: number;
  readonly lane: Lane;
  readonly deadlineAt: Millis;
}

export type Turn =
  | { readonly is: "none" }
  | { readonly is: "asked" }
  | { readonly is: "granted"; readonly at: Millis };

export interface SendQueue {
  /** Most urgent first; within a lane in order of arrival. */
  readonly waiting: readonly Waiting[];
  readonly turn: Turn;
  readonly voice: "open" | "closed";
  /** The channel's own rest between two messages. */
  readonly paceMs: Millis;
  readonly lastSentAt: Millis | undefined;
  readonly isStopped: boolean;
}

export type SendEvent =
  | { readonly kind: "offered"; readonly item: Waiting }
  | { readonly kind: "permitted"; readonly waitMs: Millis }
  | { readonly kind: "voice-opened" | "voice-closed" | "tick" | "stopped" }
  | { readonly kind: "pace-changed"; readonly paceMs: Millis };

export type SendOrder =
  | { readonly do: "ask-permit" }
  | { readonly do: "send"; readonly ticket: number }
  | { readonly do: "expire"; readonly ticket: number }
  | { readonly do: "drop"; readonly ticket: number; readonly because: DropCause }
  /** Replaces the one of the step before; a step without it needs no waking. */
  | { readonly do: "wake-me"; readonly at: Millis };
export type DropCause = "queue-full" | "no-connection" | "stopping";

export const emptySendQueue: SendQueue = {
  waiting: [],
  turn: { is: "none" },
  voice: "closed",
  paceMs: 0,
  lastSentAt: undefined,
  isStopped: false,
};

interface Step {
  readonly queue: SendQueue;
  readonly orders: readonly SendOrder[];
}

export function stepSendQueue(queue: SendQueue, event: SendEvent, now: Millis): Step {
  const heard = hear(queue, event, now);
  const cleared = clearOut(heard.queue, now);
  const moved = moveOn(cleared.queue, now);
  return {
    queue: moved.queue,
    orders: [...heard.orders, ...cleared.orders, ...moved.orders, ...wakeUp(moved.queue, now)],
  };
}

function hear(queue: SendQueue, event: SendEvent, now: Millis): Step {
  switch (event.kind) {
    case "offered":
      return admit(queue, event.item);
    case "permitted":
      return { queue: { ...queue, turn: { is: "granted", at: now + event.waitMs } }, orders: [] };
    case "voice-opened":
      return { queue: { ...queue, voice: "open" }, orders: [] };
    case "voice-closed":
      return { queue: { ...queue, voice: "closed" }, orders: [] };
    case "pace-changed":
      return { queue: { ...queue, paceMs: event.paceMs }, orders: [] };
    case "stopped":
      return { queue: { ...queue, isStopped: true }, orders: [] };
    case "tick":
      return { queue, orders: [] };
  }
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

function moveOn(queue: SendQueue, now: Millis): Step {
  const [next, ...rest] = queue.waiting;
  const canSpeak = next !== undefined && queue.voice === "open" && pacedAt(queue) <= now;
  if (queue.turn.is === "granted" && queue.turn.at <= now) {
    if (!canSpeak) return { queue: { ...queue, turn: { is: "none" } }, orders: [] };
    const after: SendQueue = { ...queue, waiting: rest, turn: { is: "none" }, lastSentAt: now };
    const then = moveOn(after, now);
    return { queue: then.queue, orders: [{ do: "send", ticket: next.ticket }, ...then.orders] };
  }
  if (queue.turn.is === "none" && canSpeak) {
    return { queue: { ...queue, turn: { is: "asked" } }, orders: [{ do: "ask-permit" }] };
  }
  return { queue, orders: [] };
}

const pacedAt = (queue: SendQueue): Millis =>
  queue.lastSentAt === undefined ? Number.NEGATIVE_INFINITY : queue.lastSentAt + queue.paceMs;

function wakeUp(queue: SendQueue, now: Millis): readonly SendOrder[] {
  const times = queue.waiting.map((item) => item.deadlineAt);
  if (queue.turn.is === "granted") times.push(queue.turn.at);
  if (queue.turn.is === "none" && queue.waiting.length > 0 && queue.voice === "open")
    times.push(pacedAt(queue));
  const future = times.filter((at) => at > now);
  return future.length === 0 ? [] : [{ do: "wake-me", at: Math.min(...future) }];
}
