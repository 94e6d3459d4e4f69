/** What one transaction of the journal should hold. */
import type { JournalBatch } from "../db/event-journal.ts";
import type { Millis } from "../shared/clock.ts";
import type { Login } from "../shared/ids.ts";
import type { KeptEvent } from "./kept-lane.ts";
import type { ReplayWindow } from "./replay-window.ts";

/** One channel's events, as the router has them. */
export interface JournalSource {
  readonly channel: Login;
  readonly window: Pick<ReplayWindow, "firstAfter" | "lost">;
  /**
   * Its worker is here and was sent this number, though it may still wait in this process: it will most likely be
   * acknowledged in a moment.
   */
  isUnderWay(seq: number): boolean;
}

/** How far the journal is with a source. */
export interface JournalMark {
  /** Everything up to here is written, or was removed before it had to be. */
  readonly upTo: number;
  /** As it was written last. */
  readonly lost: number;
}

export interface JournalPlan {
  readonly batch: JournalBatch;
  /** One for each insert of the batch. */
  readonly events: readonly KeptEvent[];
  /** What holds when the batch is written. */
  readonly marks: readonly {
    readonly source: JournalSource;
    readonly mark: JournalMark;
    /** Nothing of it is left to write. */
    readonly isClean: boolean;
  }[];
  /** Something was left for the next batch. */
  readonly isMore: boolean;
}

/** 100 rows take half a millisecond; the next batch waits until the loop has come round. */
export const BATCH_ROWS = 100;

/** Pure: reads the sources as they are. */
export function planJournal(using: {
  readonly sources: Iterable<JournalSource>;
  readonly markOf: (source: JournalSource) => JournalMark;
  readonly removals: readonly number[];
  readonly forgotten: readonly Login[];
  /** What is under way since before this is written, too. */
  readonly settledBefore: Millis;
  /** Wall time less monotonic time. */
  readonly wallOffset: Millis;
}): JournalPlan {
  const events: KeptEvent[] = [];
  const inserts: JournalBatch["inserts"][number][] = [];
  const losses: JournalBatch["losses"][number][] = using.forgotten.map((channel) => ({ channel, lost: 0 }));
  const marks: JournalPlan["marks"][number][] = [];
  let isFull = false;
  for (const source of using.sources) {
    const before = using.markOf(source);
    const { channel, window } = source;
    let upTo = before.upTo;
    let event = window.firstAfter(upTo);
    for (; event && isToBeWritten(source, event, using.settledBefore); event = window.firstAfter(upTo)) {
      if (event.position === undefined) {
        isFull = inserts.length === BATCH_ROWS;
        if (isFull) break;
        events.push(event);
        inserts.push({ channel, receivedAt: event.since + using.wallOffset, event: event.message });
      }
      upTo = event.seq;
    }
    const lost = window.lost();
    if (lost !== before.lost) losses.push({ channel, lost });
    marks.push({ source, mark: { upTo, lost }, isClean: event === undefined });
    if (isFull) break;
  }
  const removals = using.removals.slice(0, BATCH_ROWS);
  return {
    batch: { inserts, removals, losses },
    events,
    marks,
    isMore: isFull || removals.length < using.removals.length,
  };
}

const isToBeWritten = (source: JournalSource, event: KeptEvent, settledBefore: Millis): boolean =>
  event.position !== undefined || event.since <= settledBefore || !source.isUnderWay(event.seq);

export const isEmptyBatch = ({ inserts, removals, losses }: JournalBatch): boolean =>
  inserts.length + removals.length + losses.length === 0;
