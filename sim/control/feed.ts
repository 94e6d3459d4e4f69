/**
 * The live feed: everything said and happening, one JSON object a line, for terminals to show and for tests to
 * wait on. Nobody who reads slowly holds the simulator up: a reader's backlog is bounded, and what it lost is said.
 */
import type { World } from "../world/world.ts";
import { type FeedEntry, toFeedEntry } from "./feed-entry.ts";

export interface Feed {
  /** Tells what no happening tells: connections, problems of the script. */
  tell(kind: string, details: Readonly<Record<string, unknown>>): void;
  /** One reader. Its first line is `{"kind":"feed-opened"…}`: what happens after that will be seen. */
  open(wants: (entry: FeedEntry) => boolean): ReadableStream<Uint8Array>;
  readers(): number;
  close(): void;
}

const BACKLOG_LINES_MAX = 2000;

interface Reader {
  readonly wants: (entry: FeedEntry) => boolean;
  readonly controller: ReadableStreamDefaultController<Uint8Array>;
  readonly backlog: FeedEntry[];
  missed: number;
}

export function makeFeed(world: World): Feed {
  const encoder = new TextEncoder();
  const readers = new Set<Reader>();

  const write = (reader: Reader, entry: object) =>
    reader.controller.enqueue(encoder.encode(`${JSON.stringify(entry)}\n`));
  const opening = (kind: string, details: object) => ({
    kind,
    at: new Date(world.clock.now()).toISOString(),
    ...details,
  });
  /** Hands over as much as the reader has room for. */
  const flush = (reader: Reader) => {
    while ((reader.controller.desiredSize ?? 0) > 0) {
      if (reader.missed > 0) {
        write(reader, opening("missed", { count: reader.missed }));
        reader.missed = 0;
        continue;
      }
      const entry = reader.backlog.shift();
      if (!entry) return;
      write(reader, entry);
    }
  };
  const spread = (entry: FeedEntry) => {
    for (const reader of readers) {
      if (!reader.wants(entry)) continue;
      reader.backlog.push(entry);
      if (reader.backlog.length > BACKLOG_LINES_MAX) {
        reader.backlog.shift();
        reader.missed += 1;
      }
      flush(reader);
    }
  };
  const stopListening = world.onHappening((happening) => spread(toFeedEntry(happening, world.clock.now())));

  return {
    tell: (kind, details) => spread({ kind, at: new Date(world.clock.now()).toISOString(), ...details }),
    open(wants) {
      let reader: Reader | undefined;
      return new ReadableStream<Uint8Array>(
        {
          start(controller) {
            reader = { wants, controller, backlog: [], missed: 0 };
            readers.add(reader);
            write(reader, opening("feed-opened", {}));
          },
          pull() {
            if (reader) flush(reader);
          },
          cancel() {
            if (reader) readers.delete(reader);
          },
        },
        { highWaterMark: 16 },
      );
    },
    readers: () => readers.size,
    close() {
      stopListening();
      for (const { controller } of readers) controller.close();
      readers.clear();
    },
  };
}
