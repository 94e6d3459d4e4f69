/** A log's lines over all its files, newest first: of the one that is written now, then of those that were put aside. */
import { closeSync, existsSync, readdirSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { compareRotated, findRotatedName, rotatedFileName } from "../../shared/log-files.ts";
import { findLastEnd, linesBackwards } from "./lines-backwards.ts";
import { openLog } from "./open-log.ts";

/** A place in a log that stays the same place when the file it is in is put aside. */
export interface Mark {
  /** Of the file that was written then; undefined when there was none. */
  readonly inode: number | undefined;
  readonly at: number;
}

/** Of whatever file is written now. */
export const BEGINNING: Mark = { inode: undefined, at: 0 };

export interface History {
  /** To be read once. Older files are opened when they are asked for. */
  readonly lines: Iterable<string>;
  /** Behind the newest line: where reading on begins. */
  readonly end: Mark;
  close(): void;
}

export type OnUnreadable = (file: string, because: string) => void;

export function openHistory(file: string, onUnreadable: OnUnreadable): History {
  const opened = openLog(file);
  if (opened.is === "unreadable") onUnreadable(file, opened.because);
  if (opened.is !== "open") {
    const lines = linesPutAside(file, undefined, onUnreadable);
    return { lines, end: BEGINNING, close: () => void lines.return(undefined) };
  }
  const { descriptor, inode, bytes } = opened.log;
  const at = findLastEnd(descriptor, bytes);
  const lines = (function* () {
    yield* linesBackwards(descriptor, at);
    yield* linesPutAside(file, inode, onUnreadable);
  })();
  return {
    lines,
    end: { inode, at },
    close() {
      lines.return(undefined);
      closeSync(descriptor);
    },
  };
}

/** Of the files that were put aside before the one with this inode. */
function* linesPutAside(
  file: string,
  before: number | undefined,
  onUnreadable: OnUnreadable,
): Generator<string, void> {
  const aside = findPutAside(file);
  // It may have been put aside itself since it was opened, and others behind it.
  const place = before === undefined ? -1 : aside.findIndex((one) => inodeOf(one) === before);
  for (const older of aside.slice(place + 1)) {
    const opened = openLog(older);
    if (opened.is === "unreadable") onUnreadable(older, opened.because);
    if (opened.is !== "open") continue;
    const { descriptor, bytes } = opened.log;
    try {
      yield* linesBackwards(descriptor, findLastEnd(descriptor, bytes));
    } finally {
      closeSync(descriptor);
    }
  }
}

/** Newest first. */
export function findPutAside(file: string): readonly string[] {
  const folder = dirname(file);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .flatMap((name) => findRotatedName(name) ?? [])
    .filter((rotated) => rotated.of === basename(file))
    .sort(compareRotated)
    .reverse()
    .map((rotated) => join(folder, rotatedFileName(rotated)));
}

/** undefined when it has gone meanwhile. */
export const inodeOf = (file: string): number | undefined => statSync(file, { throwIfNoEntry: false })?.ino;
