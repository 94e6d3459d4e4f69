/**
 * Hands over each line that is appended to a log from a mark on. The file may come later, be emptied, or be put aside
 * and begun anew, also several times between two looks: every file since the mark is read to its end, in order. Who
 * writes a file that was put aside may do so for a moment longer, so it is kept in view. fs.watch only says "look
 * now"; a slow clock looks anyway, because on some file systems it never says anything.
 */
import { closeSync, existsSync, type FSWatcher, fstatSync, readSync, watch } from "node:fs";
import { basename, dirname } from "node:path";
import type { Clock, Millis } from "../../shared/clock.ts";
import { toError } from "../../shared/errors.ts";
import { findPutAside, inodeOf, type Mark, type OnUnreadable } from "./history.ts";
import { CUT_MARK, LINE_BYTES_MAX } from "./lines-backwards.ts";
import { type OpenLog, openLog } from "./open-log.ts";

export interface Following {
  stop(): void;
}

const LOOK_EVERY_MS: Millis = 1_000;
/** Longer than a writer needs to hear that its file was put aside. */
const LATE_WRITERS_MS: Millis = 5_000;
const CHUNK_BYTES = 64 * 1024;
const NEWLINE = 0x0a;

interface Reader {
  readonly log: OpenLog;
  readOn(): void;
  /** Set once a newer file is there. */
  until: Millis | undefined;
}

export function followFile(using: {
  readonly file: string;
  readonly from: Mark;
  readonly clock: Clock;
  readonly onLine: (line: string) => void;
  /** Told once, and again when it was readable in between. */
  readonly onUnreadable: OnUnreadable;
}): Following {
  const { file, clock, onLine } = using;
  /** In the order they were begun; the last one is the one that is written. */
  let readers: readonly Reader[] = [];
  let watcher: FSWatcher | undefined;
  let soon: NodeJS.Immediate | undefined;
  let isTroubled = false;

  const read = (log: OpenLog, at = 0): Reader => ({
    log,
    readOn: makeReader(log.descriptor, at, onLine),
    until: undefined,
  });
  const open = (name: string): OpenLog | undefined => {
    const opened = openLog(name);
    if (opened.is === "unreadable") complain(opened.because);
    return opened.is === "open" ? opened.log : undefined;
  };
  const complain = (because: string) => {
    if (!isTroubled) using.onUnreadable(file, because);
    isTroubled = true;
  };
  /** The files that were begun after that one, or since we began. */
  const openNewer = (than: number | undefined): readonly Reader[] => {
    const live = open(file);
    const aside = findPutAside(file).map((name) => ({ name, inode: inodeOf(name) }));
    const place = aside.findIndex(({ inode }) => inode === than);
    const newer =
      than === undefined
        ? aside.filter(({ inode }) => !asideBefore.has(inode))
        : aside.slice(0, Math.max(0, place));
    const between = newer
      .filter(({ inode }) => inode !== live?.inode)
      .reverse()
      .flatMap(({ name }) => open(name) ?? []);
    return [...between, ...(live ? [live] : [])].map((log) => read(log));
  };
  const look = () => {
    try {
      startWatching();
      for (const reader of readers) reader.readOn();
      const newest = readers.at(-1);
      const now = inodeOf(file);
      // Also when there is none: one may have come and been put aside meanwhile.
      if (now !== newest?.log.inode) {
        const newer = openNewer(newest?.log.inode);
        // Whoever writes has begun a new file: what it still wrote into the old one is there now.
        for (const reader of [...(newest ? [newest] : []), ...newer]) reader.readOn();
        readers = [...readers, ...newer];
      }
      readers = leaveOld(readers, clock.now());
      if (readers.at(-1)?.log.inode === now) isTroubled = false;
    } catch (problem) {
      complain(toError(problem).message);
    }
  };
  /** Once, however much was written in this turn of the loop. */
  const lookSoon = () => {
    soon ??= setImmediate(() => {
      soon = undefined;
      look();
    });
  };
  /** Watches the folder, since a rotated file is another file under the same name. */
  const startWatching = () => {
    const folder = dirname(file);
    if (watcher || !existsSync(folder)) return;
    try {
      watcher = watch(folder, (_event, name) => {
        if (name === null || name === basename(file)) lookSoon();
      });
      watcher.on("error", () => {
        watcher?.close();
        watcher = undefined;
      });
    } catch {
      // No inotify watches left: the slow clock does it alone.
    }
  };

  const asideBefore = new Set(findPutAside(file).map(inodeOf));
  const first = openMarked(file, using.from);
  if (first) readers = [read(first, using.from.at)];
  look();
  const stopLooking = clock.every(LOOK_EVERY_MS, look);
  return {
    stop() {
      stopLooking();
      clearImmediate(soon);
      watcher?.close();
      for (const { log } of readers) closeSync(log.descriptor);
      readers = [];
    },
  };
}

/** The file a mark is in, wherever it lies by now. */
function openMarked(file: string, { inode }: Mark): OpenLog | undefined {
  if (inode === undefined) return undefined;
  const name = [file, ...findPutAside(file)].find((one) => inodeOf(one) === inode);
  const opened = name === undefined ? undefined : openLog(name);
  if (opened?.is !== "open") return undefined;
  if (opened.log.inode === inode) return opened.log;
  closeSync(opened.log.descriptor);
  return undefined;
}

/** Closes those that have been old for long enough. */
function leaveOld(readers: readonly Reader[], now: Millis): readonly Reader[] {
  const newest = readers.at(-1);
  return readers.filter((reader) => {
    if (reader === newest) return true;
    reader.until ??= now + LATE_WRITERS_MS;
    if (now < reader.until) return true;
    closeSync(reader.log.descriptor);
    return false;
  });
}

/** Hands over what was appended since it was last called. */
function makeReader(descriptor: number, from: number, onLine: (line: string) => void): () => void {
  const chunk = Buffer.alloc(CHUNK_BYTES);
  let at = from;
  /** Bytes of a line whose end was not written yet. */
  let rest: Buffer = Buffer.alloc(0);
  return () => {
    if (fstatSync(descriptor).size < at) {
      at = 0;
      rest = Buffer.alloc(0);
    }
    for (;;) {
      const read = readSync(descriptor, chunk, 0, CHUNK_BYTES, at);
      if (read === 0) return;
      at += read;
      const bytes = Buffer.concat([rest, chunk.subarray(0, read)]);
      const end = bytes.lastIndexOf(NEWLINE) + 1;
      rest = Buffer.from(bytes.subarray(end));
      if (end > 0) for (const line of bytes.toString("utf8", 0, end - 1).split("\n")) onLine(line);
      if (rest.length > LINE_BYTES_MAX) {
        onLine(rest.toString("utf8") + CUT_MARK);
        rest = Buffer.alloc(0);
      }
    }
  };
}
