/**
 * The lines of an open file from its end, a chunk at a time: a file of any size costs the memory of a chunk and of one
 * line, and only what is asked for is read.
 */
import { readSync } from "node:fs";

/** Ours have some hundred bytes. Of a longer one, garbage most likely, the beginning is handed over. */
export const LINE_BYTES_MAX = 1024 * 1024;
export const CUT_MARK = "…";
/** Small at first: of most files only the last few lines are wanted. */
const CHUNK_BYTES = { first: 8 * 1024, longest: 64 * 1024 };
const NEWLINE = 0x0a;

/** Where the last whole line ends: behind its newline. */
export function findLastEnd(descriptor: number, bytes: number): number {
  for (let from = bytes; from > 0; ) {
    const chunk = readBefore(descriptor, from, CHUNK_BYTES.longest);
    if (chunk.length === 0) return 0;
    from -= chunk.length;
    const last = chunk.lastIndexOf(NEWLINE);
    if (last >= 0) return from + last + 1;
  }
  return 0;
}

/** Newest first. `end` is 0 or behind a newline. */
export function* linesBackwards(descriptor: number, end: number): Generator<string> {
  if (end === 0) return;
  const line = gatherLine();
  let chunkBytes = CHUNK_BYTES.first;
  for (let from = end - 1; from > 0; ) {
    const chunk = readBefore(descriptor, from, chunkBytes);
    // It has become shorter under us: what is left of it was read by somebody else's clock.
    if (chunk.length === 0) return;
    from -= chunk.length;
    chunkBytes = Math.min(2 * chunkBytes, CHUNK_BYTES.longest);
    const last = chunk.lastIndexOf(NEWLINE);
    if (last < 0) {
      line.putBefore(chunk);
      continue;
    }
    line.putBefore(chunk.subarray(last + 1));
    yield line.take();
    const first = chunk.indexOf(NEWLINE);
    if (first < last) {
      yield* chunk
        .toString("utf8", first + 1, last)
        .split("\n")
        .reverse();
    }
    line.putBefore(chunk.subarray(0, first));
  }
  yield line.take();
}

/** A line whose beginning was not read yet: it grows at the front, and at most so much of it is kept. */
function gatherLine() {
  let parts: Buffer[] = [];
  let bytes = 0;
  let isCut = false;
  return {
    putBefore(part: Buffer) {
      parts.unshift(part);
      bytes += part.length;
      while (bytes > LINE_BYTES_MAX && parts.length > 1) {
        bytes -= parts.pop()?.length ?? 0;
        isCut = true;
      }
    },
    take(): string {
      const text = Buffer.concat(parts).toString("utf8") + (isCut ? CUT_MARK : "");
      parts = [];
      bytes = 0;
      isCut = false;
      return text;
    },
  };
}

function readBefore(descriptor: number, end: number, bytesMax: number): Buffer {
  const bytes = Math.min(bytesMax, end);
  const chunk = Buffer.allocUnsafe(bytes);
  return readSync(descriptor, chunk, 0, bytes, end - bytes) === bytes ? chunk : chunk.subarray(0, 0);
}
