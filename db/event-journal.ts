import * as v from "valibot";
import type { Millis } from "../shared/clock.ts";
import { toError } from "../shared/errors.ts";
import { Login } from "../shared/ids.ts";
import { HubEvent } from "../shared/ipc/hub-worker.ts";
import type { Db } from "./open.ts";
import { isBusy } from "./write.ts";

export interface JournalBatch {
  /** In the order they shall come back in. */
  readonly inserts: readonly {
    readonly channel: Login;
    /** Wall time. */
    readonly receivedAt: Millis;
    /** A HubEvent's JSON. */
    readonly event: string;
  }[];
  readonly removals: readonly number[];
  /** 0: none any more. */
  readonly losses: readonly { readonly channel: Login; readonly lost: number }[];
}

export type JournalWritten =
  /** `positions`: one for each insert. */
  | { readonly is: "written"; readonly positions: readonly number[] }
  /** Another process writes at this moment. */
  | { readonly is: "busy" }
  | { readonly is: "failed"; readonly problem: string };

/** What a channel's worker is still to hear. */
export interface JournalledChannel {
  readonly channel: Login;
  readonly lost: number;
  readonly events: readonly {
    readonly position: number;
    readonly receivedAt: Millis;
    /** undefined: another version wrote something that this one does not understand. */
    readonly event: HubEvent | undefined;
  }[];
}

/** The hub's events on their way to workers, over the hub's own death. */
export interface EventJournal {
  load():
    | { readonly is: "loaded"; readonly channels: readonly JournalledChannel[] }
    | { readonly is: "failed"; readonly problem: string };
  /** All of it or nothing. Waits `waitMs` for another process's transaction. */
  write(batch: JournalBatch, waitMs: Millis): JournalWritten;
}

const EventRow = v.object({
  position: v.number(),
  channel: Login,
  received_at: v.number(),
  event: v.string(),
});
const LossRow = v.object({ channel: Login, lost: v.number() });
const StoredEvent = v.pipe(v.string(), v.parseJson(), HubEvent);

/** `db`: a connection of its own, whose patience is set here. */
export function makeEventJournal(db: Db): EventJournal {
  const selectEvents = db.prepare(
    "SELECT position, channel, received_at, event FROM event_journal ORDER BY position",
  );
  const selectLosses = db.prepare("SELECT channel, lost FROM event_losses");
  const insert = db.prepare("INSERT INTO event_journal (channel, received_at, event) VALUES (?, ?, ?)");
  const remove = db.prepare("DELETE FROM event_journal WHERE position = ?");
  const putLoss = db.prepare(
    "INSERT INTO event_losses (channel, lost) VALUES (?, ?) ON CONFLICT (channel) DO UPDATE SET lost = excluded.lost",
  );
  const removeLoss = db.prepare("DELETE FROM event_losses WHERE channel = ?");
  const write = db.transaction(({ inserts, removals, losses }: JournalBatch): readonly number[] => {
    for (const position of removals) remove.run(position);
    for (const { channel, lost } of losses) {
      if (lost === 0) removeLoss.run(channel);
      else putLoss.run(channel, lost);
    }
    return inserts.map(({ channel, receivedAt, event }) =>
      Number(insert.run(channel, Math.round(receivedAt), event).lastInsertRowid),
    );
  });
  let patienceMs: Millis | undefined;

  const load = (): readonly JournalledChannel[] => {
    const channels = new Map<Login, { lost: number; events: JournalledChannel["events"][number][] }>();
    const of = (channel: Login) => {
      const found = channels.get(channel) ?? { lost: 0, events: [] };
      channels.set(channel, found);
      return found;
    };
    for (const raw of selectLosses.iterate()) {
      const row = v.parse(LossRow, raw);
      of(row.channel).lost = row.lost;
    }
    for (const raw of selectEvents.iterate()) {
      const row = v.parse(EventRow, raw);
      const event = v.safeParse(StoredEvent, row.event);
      of(row.channel).events.push({
        position: row.position,
        receivedAt: row.received_at,
        event: event.success ? event.output : undefined,
      });
    }
    return [...channels].map(([channel, found]) => ({ channel, ...found }));
  };

  return {
    load() {
      try {
        return { is: "loaded", channels: load() };
      } catch (problem) {
        return { is: "failed", problem: toError(problem).message };
      }
    },
    write(batch, waitMs) {
      try {
        if (waitMs !== patienceMs) db.pragma(`busy_timeout = ${waitMs}`);
        patienceMs = waitMs;
        return { is: "written", positions: write.immediate(batch) };
      } catch (problem) {
        return isBusy(problem) ? { is: "busy" } : { is: "failed", problem: toError(problem).message };
      }
    },
  };
}

/** Of a database that was put back: what waited then is old news. */
export const clearEventJournal = (db: Db): void =>
  void db.exec("DELETE FROM event_journal; DELETE FROM event_losses;");
