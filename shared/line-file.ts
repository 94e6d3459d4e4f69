/**
 * Lines appended to one file, synchronously: the last line before a death is kept, and no transport thread costs 12
 * to 21 MB a process. Promises: `write` never throws and never waits. A line that cannot be written (a full disk, a
 * folder that is gone) is lost and counted; no half line stays behind, and the next line that can be written is
 * preceded by one that tells what is missing. Two processes may write one file; only while the disk is full may one of
 * them cut off what the other wrote in the same instant.
 */
import { closeSync, fstatSync, ftruncateSync, mkdirSync, openSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { toError } from "./errors.ts";

export interface LineFile {
  /** One line with its newline. */
  write(line: string): void;
  /** The next line goes to whatever bears the file's name then: call it after the file was rotated away. */
  reopen(): void;
  close(): void;
  /** The gap that is open now: its first line was lost, and none was written since. */
  loss(): Loss | undefined;
  /** Told of each gap as it opens, and at once of one that is open. */
  onLoss(listen: (loss: Loss) => void): void;
}

export interface Loss {
  readonly file: string;
  readonly lines: number;
  /** "ENOSPC: no space left on device, write" */
  readonly because: string;
}

/** What is done to files; tests hand in a disk that is full. */
export interface FileHands {
  open(file: string): number;
  /** Answers with how many bytes were taken, which may be fewer. */
  write(descriptor: number, bytes: Buffer): number;
  cutEnd(descriptor: number, bytes: number): void;
  close(descriptor: number): void;
}

export const fileHands: FileHands = {
  open(file) {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    return openSync(file, "a", 0o600);
  },
  write: (descriptor, bytes) => writeSync(descriptor, bytes),
  cutEnd: (descriptor, bytes) => ftruncateSync(descriptor, fstatSync(descriptor).size - bytes),
  close: closeSync,
};

export function openLineFile(using: {
  readonly file: string;
  /** The line, with its newline, that tells readers of a gap. */
  readonly describeLoss: (loss: Loss) => string;
  readonly hands?: FileHands;
}): LineFile {
  const { file, hands = fileHands } = using;
  const listeners: ((loss: Loss) => void)[] = [];
  let descriptor: number | undefined;
  let loss: Loss | undefined;
  let isClosed = false;

  const shut = () => {
    if (descriptor === undefined) return;
    try {
      hands.close(descriptor);
    } catch {
      // It is not ours any more either way.
    }
    descriptor = undefined;
  };
  const append = (line: string) => {
    descriptor ??= hands.open(file);
    const bytes = Buffer.from(line);
    let taken = 0;
    try {
      while (taken < bytes.length) taken += hands.write(descriptor, bytes.subarray(taken));
    } catch (problem) {
      if (taken > 0) hands.cutEnd(descriptor, taken);
      throw problem;
    }
  };
  const lose = (problem: unknown) => {
    const isNew = loss === undefined;
    const now: Loss = { file, lines: (loss?.lines ?? 0) + 1, because: toError(problem).message };
    loss = now;
    if (isNew) for (const listen of listeners) listen(now);
  };

  return {
    loss: () => loss,
    onLoss(listen) {
      listeners.push(listen);
      if (loss) listen(loss);
    },
    write(line) {
      if (isClosed) return;
      try {
        // In one piece: on a disk with room for the first only, every lost line would leave a sentence about it.
        append(loss ? using.describeLoss(loss) + line : line);
        loss = undefined;
      } catch (problem) {
        lose(problem);
      }
    },
    reopen: shut,
    close() {
      isClosed = true;
      shut();
    },
  };
}
