/**
 * Cuts a stream of bytes into lines with a bound on memory: a line longer than the bound is dropped up to its end,
 * as Twitch drops it, and the next line is heard again.
 */
export interface LineSplitter {
  /** The lines that this chunk completed, without CR LF, empty ones left out. */
  push(chunk: Buffer): readonly string[];
  /** What was left without a line end: a WebSocket frame need not have one. */
  end(): readonly string[];
}

/** Twitch takes commands of up to 4096 bytes (gempir/go-twitch-irc#106), far more than the 512 of the RFC. */
export const IRC_LINE_BYTES_MAX = 4096;

const LINE_FEED = 0x0a;

export function makeLineSplitter(bytesMax: number = IRC_LINE_BYTES_MAX): LineSplitter {
  let pieces: Buffer[] = [];
  let bytes = 0;
  let isSkipping = false;

  const keep = (piece: Buffer) => {
    if (isSkipping) return;
    bytes += piece.length;
    if (bytes > bytesMax) {
      isSkipping = true;
      pieces = [];
      return;
    }
    // A copy: the chunk may be a view into a far larger read buffer that should not be kept alive.
    pieces.push(Buffer.from(piece));
  };
  const finish = (): readonly string[] => {
    const line = isSkipping ? "" : Buffer.concat(pieces).toString("utf8");
    pieces = [];
    bytes = 0;
    isSkipping = false;
    const text = line.endsWith("\r") ? line.slice(0, -1) : line;
    return text === "" ? [] : [text];
  };

  return {
    push(chunk) {
      const lines: string[] = [];
      let from = 0;
      for (let at = chunk.indexOf(LINE_FEED, from); at !== -1; at = chunk.indexOf(LINE_FEED, from)) {
        keep(chunk.subarray(from, at));
        lines.push(...finish());
        from = at + 1;
      }
      if (from < chunk.length) keep(chunk.subarray(from));
      return lines;
    },
    end: finish,
  };
}
