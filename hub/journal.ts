/**
 * Keeps over the hub's death what workers have not dealt with. Lazy: an event is written only when its worker has
 * not acknowledged it within SETTLE_MS, or could not be sent it, so while workers keep up nothing is written at all.
 * Routing an event never waits for the disk: writing happens in small batches, each in a turn of the loop of its own,
 * and takes a tenth of the loop's time at most, however slow the disk is and however much there is to write.
 *
 * What it does not promise: the events of a killed hub's last moments. That hub alone knew their numbers, so no gap is
 * told: they are part of the outage that its death is, as what Twitch sends until the next hub listens.
 * - Those of the last WRITE_EVERY_MS that could not be sent to a worker.
 * - Of those of the last 2 × SETTLE_MS that were sent and not acknowledged, what had not come into the worker's hands:
 *   as a rule one turn of the loop's; in a flood what its socket's writer holds back, FLOOD_PACE_MS at most; and of a
 *   worker that is busy or stopped what its socket had no room for, and what it had not read when it wrote to the dead
 *   hub, because a write that fails ends a socket, and what it holds with it.
 *
 * And it is about killed processes: after a power failure nothing of what was under way is worth saying. A full disk
 * costs the journal and nothing else.
 */
import type { EventJournal, JournalledChannel } from "../db/event-journal.ts";
import { type Backoff, restMs } from "../shared/backoff.ts";
import type { Clock, Millis } from "../shared/clock.ts";
import type { Login } from "../shared/ids.ts";
import type { Logger } from "../shared/log.ts";
import type { KeptEvent } from "./kept-lane.ts";
import {
  isEmptyBatch,
  type JournalMark,
  type JournalPlan,
  type JournalSource,
  planJournal,
} from "./plan-journal.ts";

export interface Journal {
  /** What an earlier hub left behind; nothing, and a warning, when that can't be read. */
  load(): readonly JournalledChannel[];
  /** This source takes over what was loaded for its channel. */
  adopt(source: JournalSource, lost: number): void;
  /** Something of this channel may have to be written. Cheap: said for every event. */
  note(source: JournalSource, urgency: "under-way" | "unsent"): void;
  /** An event is dealt with, or given up. */
  removed(event: Pick<KeptEvent, "position">): void;
  /** The channel is served no more, and its events were removed. */
  forget(source: JournalSource): void;
  /** Writes everything now, and nothing afterwards. */
  close(): void;
  isWorking(): boolean;
}

export interface JournalTrouble {
  /** From now on it can't be written. */
  begins(problem: string): void;
  ends(): void;
  /** What an earlier hub left could not be read. */
  unreadable(problem: string): void;
}

/**
 * An acknowledgement takes a few milliseconds, under a flood some hundred; what takes longer is worth writing down. It
 * is looked at as often, so what is under way is written when it is twice as old at the latest.
 */
export const SETTLE_MS: Millis = 250;
/** Each commit writes whole pages: a worker that is gone for hours shall not cost one for each event. */
export const WRITE_EVERY_MS: Millis = 100;
/** So many times as long as a write took, nothing is written. */
const REST_FACTOR = 9;
const BUSY_REST_MS: Millis = 20;
const CLOSING_PATIENCE_MS: Millis = 250;
const FAILED: Backoff = { first: 1_000, longest: 60_000, jitter: 0 };

export function makeJournal(using: {
  readonly store: EventJournal;
  readonly clock: Clock;
  readonly log: Logger;
  readonly onTrouble: JournalTrouble;
}): Journal {
  const { store, clock, log, onTrouble } = using;
  const marks = new Map<JournalSource, JournalMark>();
  /** Those that may have something to write. */
  const dirty = new Set<JournalSource>();
  let removals: number[] = [];
  let forgotten: Login[] = [];
  let dueAt: Millis | undefined;
  let cancelDue = () => {};
  let restsUntil = Number.NEGATIVE_INFINITY;
  let failures = 0;
  let isClosed = false;

  const writeIn = (inMs: Millis) => {
    const at = clock.now() + inMs;
    if (isClosed || (dueAt !== undefined && dueAt <= at)) return;
    cancelDue();
    dueAt = at;
    cancelDue = clock.after(inMs, () => {
      dueAt = undefined;
      writeOnce();
    });
  };
  /** After a quiet time at once, else when it has rested. While the disk refuses, the next attempt is set already. */
  const writeSoon = (inMs: Millis) => {
    if (failures === 0) writeIn(Math.max(inMs, restsUntil - clock.now()));
  };

  const plan = (settledBefore: Millis): JournalPlan =>
    planJournal({
      sources: dirty,
      markOf: (source) => marks.get(source) ?? { upTo: 0, lost: 0 },
      removals,
      forgotten,
      settledBefore,
      wallOffset: clock.wall() - clock.now(),
    });
  const carryOut = (planned: JournalPlan, waitMs: Millis): boolean => {
    if (isEmptyBatch(planned.batch)) {
      settle(planned);
      return true;
    }
    const beganAt = clock.now();
    const written = store.write(planned.batch, waitMs);
    if (written.is === "busy") writeIn(BUSY_REST_MS);
    if (written.is === "failed") fail(written.problem);
    if (written.is !== "written") return false;

    for (const [at, event] of planned.events.entries()) event.position = written.positions[at];
    removals = removals.slice(planned.batch.removals.length);
    forgotten = [];
    const endedAt = clock.now();
    restsUntil = endedAt + Math.max(planned.isMore ? 0 : WRITE_EVERY_MS, REST_FACTOR * (endedAt - beganAt));
    if (failures > 0) {
      log.info({ failures }, "the journal of events works again");
      onTrouble.ends();
    }
    failures = 0;
    settle(planned);
    return true;
  };
  const settle = (planned: JournalPlan) => {
    for (const { source, mark, isClean } of planned.marks) {
      marks.set(source, mark);
      if (isClean) dirty.delete(source);
    }
  };
  const fail = (problem: string) => {
    failures += 1;
    if (failures === 1) {
      log.warn({ problem }, "the journal can't be written: a killed hub would lose what is unacknowledged");
      onTrouble.begins(problem);
    }
    writeIn(restMs(FAILED, failures, 0));
  };
  const writeOnce = () => {
    const planned = plan(clock.now() - SETTLE_MS);
    if (!carryOut(planned, 0)) return;
    if (planned.isMore) writeSoon(0);
    else if (dirty.size > 0) writeSoon(SETTLE_MS);
  };

  return {
    load() {
      const loaded = store.load();
      if (loaded.is === "loaded") return loaded.channels;
      log.warn({ problem: loaded.problem }, "the journal can't be read: what it holds is lost");
      onTrouble.unreadable(loaded.problem);
      return [];
    },
    adopt: (source, lost) => void marks.set(source, { upTo: 0, lost }),
    note(source, urgency) {
      dirty.add(source);
      // When one is due already, that one looks at this source, too.
      if (urgency === "unsent" || dueAt === undefined) writeSoon(urgency === "unsent" ? 0 : SETTLE_MS);
    },
    removed({ position }) {
      if (position === undefined) return;
      removals.push(position);
      writeSoon(SETTLE_MS);
    },
    forget(source) {
      dirty.delete(source);
      if (marks.delete(source)) forgotten.push(source.channel);
      writeSoon(SETTLE_MS);
    },
    close() {
      for (let isMore = true; isMore; ) {
        const planned = plan(Number.POSITIVE_INFINITY);
        isMore = carryOut(planned, CLOSING_PATIENCE_MS) && planned.isMore;
      }
      isClosed = true;
      cancelDue();
    },
    isWorking: () => failures === 0,
  };
}
