import { closeSync, fstatSync, openSync, readSync } from "node:fs";

const CHUNK_BYTES = 64 * 1024;
/** Further back than this nobody wants to read on a terminal, and memory has an end. */
const BYTES_MAX = 16 * 1024 * 1024;
const NEWLINE = 0x0a;

export interface LastLines {
  readonly lines: readonly string[];
  /** Where reading on begins: behind the last whole line. */
  readonly endsAt: number;
}

/** The last `count` whole lines of a file, read from its end; none when the file is not there. */
export function readLastLines(file: string, count: number): LastLines {
  const opened = openIfThere(file);
  if (opened === undefined) return { lines: [], endsAt: 0 };
  try {
    return readBackwards(opened, count);
  } finally {
    closeSync(opened);
  }
}

function readBackwards(descriptor: number, count: number): LastLines {
  const size = fstatSync(descriptor).size;
  let from = size;
  let bytes = Buffer.alloc(0);
  // One newline more than lines: the one that ends the line before the first.
  while (from > 0 && bytes.length < BYTES_MAX && countNewlines(bytes) <= count) {
    const length = Math.min(CHUNK_BYTES, from);
    from -= length;
    const chunk = Buffer.alloc(length);
    readSync(descriptor, chunk, 0, length, from);
    bytes = Buffer.concat([chunk, bytes]);
  }
  const lastEnd = bytes.lastIndexOf(NEWLINE);
  if (lastEnd < 0) return { lines: [], endsAt: from };
  const lines = bytes.subarray(0, lastEnd).toString("utf8").split("\n");
  // When reading stopped in the middle of the file, the first line is half a line.
  const whole = from > 0 ? lines.slice(1) : lines;
  return { lines: count === 0 ? [] : whole.slice(-count), endsAt: from + lastEnd + 1 };
}

function countNewlines(bytes: Buffer): number {
  let found = 0;
  for (const byte of bytes) if (byte === NEWLINE) found += 1;
  return found;
}

export function openIfThere(file: string): number | undefined {
  try {
    return openSync(file, "r");
  } catch (problem) {
    if ((problem as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw problem;
  }
}
