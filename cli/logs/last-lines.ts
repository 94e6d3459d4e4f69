import { closeSync, fstatSync, openSync, readSync } from "node:fs";

const CHUNK_BYTES = 64 * 1024;
const NEWLINE = 0x0a;

/** Whether a line is wanted; "stop" when neither it nor any before it is. */
export type Judge = (line: string) => "take" | "skip" | "stop";

export interface LastLines {
  readonly lines: readonly string[];
  /** Where reading on begins: behind the last whole line. */
  readonly endsAt: number;
  /** What was written before this file may still be wanted. */
  readonly wantsOlder: boolean;
}

/** The last `count` wanted whole lines of a file, read from its end; none when the file is not there. */
export function readLastLines(file: string, count: number, judge: Judge = () => "take"): LastLines {
  const opened = openIfThere(file);
  if (opened === undefined) return { lines: [], endsAt: 0, wantsOlder: true };
  try {
    const size = fstatSync(opened).size;
    const endsAt = findLastEnd(opened, size);
    return { ...takeLast(linesBackwards(opened, endsAt), count, judge), endsAt };
  } finally {
    closeSync(opened);
  }
}

function takeLast(lines: Iterable<string>, count: number, judge: Judge): Omit<LastLines, "endsAt"> {
  const taken: string[] = [];
  if (count <= 0) return { lines: taken, wantsOlder: false };
  for (const line of lines) {
    const verdict = judge(line);
    if (verdict === "stop") return { lines: taken.reverse(), wantsOlder: false };
    if (verdict === "take") taken.push(line);
    if (taken.length >= count) return { lines: taken.reverse(), wantsOlder: false };
  }
  return { lines: taken.reverse(), wantsOlder: true };
}

function findLastEnd(descriptor: number, size: number): number {
  for (let from = size; from > 0; ) {
    const chunk = readBefore(descriptor, from);
    from -= chunk.length;
    const last = chunk.lastIndexOf(NEWLINE);
    if (last >= 0) return from + last + 1;
  }
  return 0;
}

/** Newest first. `end` is 0 or behind a newline. */
function* linesBackwards(descriptor: number, end: number): Generator<string> {
  /** A line's end, newline included, whose beginning was not read yet. */
  let pending = Buffer.alloc(0);
  for (let from = end; from > 0; ) {
    const chunk = readBefore(descriptor, from);
    from -= chunk.length;
    const bytes = Buffer.concat([chunk, pending]);
    const firstWhole = bytes.indexOf(NEWLINE) + 1;
    pending = Buffer.from(bytes.subarray(0, firstWhole));
    if (firstWhole < bytes.length)
      yield* bytes
        .toString("utf8", firstWhole, bytes.length - 1)
        .split("\n")
        .reverse();
  }
  if (pending.length > 0) yield pending.toString("utf8", 0, pending.length - 1);
}

function readBefore(descriptor: number, end: number): Buffer {
  const length = Math.min(CHUNK_BYTES, end);
  const chunk = Buffer.alloc(length);
  readSync(descriptor, chunk, 0, length, end - length);
  return chunk;
}

export function openIfThere(file: string): number | undefined {
  try {
    return openSync(file, "r");
  } catch (problem) {
    if ((problem as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw problem;
  }
}
