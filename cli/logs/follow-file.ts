/**
 * Hands over each line that is appended to a file from now on. The file may come later, be emptied, or be rotated
 * away and begun anew: what stood in the old one is read to its end first. fs.watch only says "look now"; a slow
 * clock looks anyway, because on some file systems it never says anything.
 */
import { closeSync, existsSync, type FSWatcher, fstatSync, readSync, statSync, watch } from "node:fs";
import { dirname } from "node:path";
import type { Clock, Millis } from "../../shared/clock.ts";
import { openIfThere } from "./last-lines.ts";

export interface Following {
  stop(): void;
}

const LOOK_EVERY_MS: Millis = 1_000;
const CHUNK_BYTES = 64 * 1024;

export function followFile(using: {
  readonly file: string;
  /** Where to begin in the file that is there now; one that comes later is read from its start. */
  readonly from: number;
  readonly clock: Clock;
  readonly onLine: (line: string) => void;
}): Following {
  const { file, onLine } = using;
  const chunk = Buffer.alloc(CHUNK_BYTES);
  let opened = openIfThere(file);
  let at = opened === undefined ? 0 : using.from;
  /** Bytes of a line whose end was not written yet. */
  let rest = Buffer.alloc(0);
  let watcher: FSWatcher | undefined;

  const readOn = (descriptor: number) => {
    if (fstatSync(descriptor).size < at) {
      at = 0;
      rest = Buffer.alloc(0);
    }
    for (let read = readSync(descriptor, chunk, 0, CHUNK_BYTES, at); read > 0; ) {
      at += read;
      const bytes = Buffer.concat([rest, chunk.subarray(0, read)]);
      const end = bytes.lastIndexOf("\n") + 1;
      rest = Buffer.from(bytes.subarray(end));
      if (end > 0) for (const line of bytes.toString("utf8", 0, end - 1).split("\n")) onLine(line);
      read = readSync(descriptor, chunk, 0, CHUNK_BYTES, at);
    }
  };
  const isReplaced = (descriptor: number) => {
    const now = statSync(file, { throwIfNoEntry: false });
    return now !== undefined && now.ino !== fstatSync(descriptor).ino;
  };
  const look = () => {
    startWatching();
    if (opened !== undefined) {
      readOn(opened);
      if (!isReplaced(opened)) return;
      // Whoever writes has begun the new file: what it still wrote into the old one is there now.
      readOn(opened);
      closeSync(opened);
      opened = undefined;
    }
    opened = openIfThere(file);
    at = 0;
    rest = Buffer.alloc(0);
    if (opened !== undefined) readOn(opened);
  };
  /** Watches the folder, since a rotated file is another file under the same name. */
  const startWatching = () => {
    const folder = dirname(file);
    if (watcher || !existsSync(folder)) return;
    try {
      watcher = watch(folder, () => look());
      watcher.on("error", () => {
        watcher?.close();
        watcher = undefined;
      });
    } catch {
      // No inotify watches left: the slow clock does it alone.
    }
  };

  look();
  const stopLooking = using.clock.every(LOOK_EVERY_MS, look);
  return {
    stop() {
      stopLooking();
      watcher?.close();
      if (opened !== undefined) closeSync(opened);
      opened = undefined;
    },
  };
}
