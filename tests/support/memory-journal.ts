/** The journal's table in memory; a test says when it refuses. It outlives hubs, as the file does. */
import * as v from "valibot";
import type { EventJournal, JournalledChannel, JournalWritten } from "../../db/event-journal.ts";
import type { JournalTrouble } from "../../hub/journal.ts";
import type { Login } from "../../shared/ids.ts";
import { HubEvent } from "../../shared/ipc/hub-worker.ts";

const StoredEvent = v.pipe(v.string(), v.parseJson(), HubEvent);

export interface MemoryJournal extends EventJournal {
  /** Ids per channel, in order. */
  rows(): readonly string[];
  losses: ReadonlyMap<Login, number>;
  /** Every write from now on ends like this; undefined: it works. */
  answer: Exclude<JournalWritten, { is: "written" }> | undefined;
  readonly writes: number;
}

/** Nobody is told. */
export const noTrouble: JournalTrouble = { begins() {}, ends() {}, unreadable() {} };

export function makeMemoryJournal(): MemoryJournal {
  const rows = new Map<
    number,
    { readonly channel: Login; readonly receivedAt: number; readonly event: string }
  >();
  const losses = new Map<Login, number>();
  let lastPosition = 0;
  const parse = (text: string) => {
    const event = v.safeParse(StoredEvent, text);
    return event.success ? event.output : undefined;
  };
  const journal = {
    answer: undefined as MemoryJournal["answer"],
    writes: 0,
    losses,
    rows: () => [...rows.values()].map(({ channel, event }) => `${channel} ${parse(event)?.id}`),
    load() {
      const channels = new Set([...losses.keys(), ...[...rows.values()].map(({ channel }) => channel)]);
      return {
        is: "loaded" as const,
        channels: [...channels].map(
          (channel): JournalledChannel => ({
            channel,
            lost: losses.get(channel) ?? 0,
            events: [...rows]
              .filter(([, row]) => row.channel === channel)
              .map(([position, row]) => ({
                position,
                receivedAt: row.receivedAt,
                event: parse(row.event),
              })),
          }),
        ),
      };
    },
    write({ inserts, removals, losses: changed }: Parameters<EventJournal["write"]>[0]): JournalWritten {
      if (journal.answer) return journal.answer;
      journal.writes += 1;
      for (const position of removals) rows.delete(position);
      for (const { channel, lost } of changed) {
        if (lost === 0) losses.delete(channel);
        else losses.set(channel, lost);
      }
      const positions = inserts.map((row) => {
        lastPosition += 1;
        rows.set(lastPosition, row);
        return lastPosition;
      });
      return { is: "written", positions };
    },
  };
  return journal;
}
