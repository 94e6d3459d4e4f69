/**
 * One channel's events from the moment they are numbered until the worker has dealt with them. Bounded: what is too
 * old, or too much, is dropped, and its number is then a gap that `next` tells of before anything behind it.
 */
import type { Clock, Millis } from "../shared/clock.ts";
import { EVENTS_KEPT_MAX, type HubEvent } from "../shared/ipc/hub-worker.ts";
import { encode } from "../shared/ipc/wire.ts";
import { type KeptEvent, type LaneBounds, makeKeptLane } from "./kept-lane.ts";

export type NewEvent = Omit<HubEvent, "kind" | "seq">;

export type Next =
  | { readonly is: "event"; readonly event: KeptEvent }
  /** These numbers will never come. */
  | { readonly is: "gap"; readonly fromSeq: number; readonly toSeq: number };

export interface ReplayWindow {
  /** Numbers the event and keeps it. `before`: where and when an earlier hub wrote it down. */
  add(event: NewEvent, before?: Pick<KeptEvent, "since" | "position">): KeptEvent;
  /** Numbers so many events that are lost already. */
  skip(count: number): void;
  /** Everything up to and including this number is dealt with. */
  acknowledge(seq: number): void;
  acknowledged(): number;
  /** What a worker hears that has heard everything up to `afterSeq`. */
  next(afterSeq: number): Next | undefined;
  /** The first that is kept above this number, however old. */
  firstAfter(seq: number): KeptEvent | undefined;
  /** How many are kept. */
  unacknowledged(): number;
  /** How many are neither kept nor dealt with: the worker has not said yet that it knows. */
  lost(): number;
  /** The highest number given. */
  lastSeq(): number;
  /** Characters kept: what bounds the memory. */
  chars(): number;
  /** Gives up the one that is missed least. */
  dropOldest(): void;
  oldestSince(): Millis | undefined;
}

/** A bot that answers a line that was typed minutes ago is a nuisance. */
const BRIEF_TOPICS: ReadonlySet<string> = new Set([
  "channel.chat.message",
  "channel.chat.message_delete",
  "channel.chat.clear",
  "channel.chat.clear_user_messages",
]);
const BRIEF: LaneBounds = { countMax: 500, ageMaxMs: 60_000 };
/** News of an hour ago helps no viewer, and a channel with this many open has a worker that is gone for long. */
export const LASTING: LaneBounds = { countMax: EVENTS_KEPT_MAX - BRIEF.countMax, ageMaxMs: 60 * 60_000 };
export const WINDOW_CHARS_MAX = 1024 * 1024;
/** Far more than any event of Twitch's; a frame of the wire holds 256 kB, and a character is up to three bytes. */
export const EVENT_CHARS_MAX = 60_000;

export function makeReplayWindow(using: {
  readonly clock: Clock;
  /** It is kept no longer. */
  readonly onRemoved: (event: KeptEvent, because: "acknowledged" | "dropped") => void;
}): ReplayWindow {
  const { clock, onRemoved } = using;
  const brief = makeKeptLane(BRIEF);
  const lasting = makeKeptLane(LASTING);
  const lanes = [brief, lasting] as const;
  let lastSeq = 0;
  let acknowledged = 0;
  let chars = 0;

  const removeFirst = (lane: typeof brief, because: "acknowledged" | "dropped") => {
    const event = lane.first();
    if (!event) return;
    lane.dropFirst();
    chars -= event.message.length;
    onRemoved(event, because);
  };
  const dropStale = (lane: typeof brief, now: Millis) => {
    const { ageMaxMs } = lane.bounds;
    for (let first = lane.first(); first && now - first.since > ageMaxMs; first = lane.first())
      removeFirst(lane, "dropped");
  };
  const firstAfter = (seq: number) => earlier(brief.firstAfter(seq), lasting.firstAfter(seq));
  const dropOldest = () => removeFirst(brief.size() > 0 ? brief : lasting, "dropped");

  return {
    add(event, before) {
      const now = clock.now();
      lastSeq += 1;
      const { id, at, body, recovered } = event;
      const message = encode<HubEvent>({ kind: "event", seq: lastSeq, id, at, body, recovered });
      const { since, position } = before ?? { since: now, position: undefined };
      const kept: KeptEvent = { seq: lastSeq, id, message, since, position };
      if (message.length > EVENT_CHARS_MAX) {
        onRemoved(kept, "dropped");
        return kept;
      }
      const lane = BRIEF_TOPICS.has(body.topic) ? brief : lasting;
      lane.push(kept);
      chars += message.length;
      dropStale(lane, now);
      if (lane.size() > lane.bounds.countMax) removeFirst(lane, "dropped");
      while (chars > WINDOW_CHARS_MAX) dropOldest();
      return kept;
    },
    skip(count) {
      lastSeq += count;
    },
    acknowledge(seq) {
      acknowledged = Math.max(acknowledged, Math.min(seq, lastSeq));
      for (const lane of lanes) {
        for (let first = lane.first(); first && first.seq <= acknowledged; first = lane.first())
          removeFirst(lane, "acknowledged");
      }
    },
    acknowledged: () => acknowledged,
    next(afterSeq) {
      if (afterSeq >= lastSeq) return undefined;
      const now = clock.now();
      for (const lane of lanes) dropStale(lane, now);
      const event = firstAfter(afterSeq);
      if (event?.seq === afterSeq + 1) return { is: "event", event };
      const toSeq = event ? event.seq - 1 : lastSeq;
      return toSeq > afterSeq ? { is: "gap", fromSeq: afterSeq + 1, toSeq } : undefined;
    },
    firstAfter,
    unacknowledged: () => brief.size() + lasting.size(),
    lost: () => lastSeq - acknowledged - brief.size() - lasting.size(),
    lastSeq: () => lastSeq,
    chars: () => chars,
    dropOldest,
    oldestSince: () => earlier(brief.first(), lasting.first())?.since,
  };
}

function earlier(a: KeptEvent | undefined, b: KeptEvent | undefined): KeptEvent | undefined {
  if (!a || !b) return a ?? b;
  return a.seq < b.seq ? a : b;
}
