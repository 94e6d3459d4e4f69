/**
 * Text appended to one of two files by turns: when one has been written to for long enough, the other is begun anew.
 * What can't be written (a full disk) is kept, within bounds, and goes out with what comes next.
 */
import { closeSync, openSync, writeSync } from "node:fs";
import type { Millis } from "../../shared/clock.ts";
import { toError } from "../../shared/errors.ts";

export interface TwinLog {
  append(text: string): void;
  close(): void;
}

/** Some thousand lines; what is older than they are matters no more when there is room again. */
const KEPT_CHARACTERS_MAX = 512 * 1_024;

export function openTwinLog(using: {
  readonly files: readonly [string, string];
  /** Where to go on; undefined: a first file is begun. */
  readonly goOn: { readonly index: number; readonly begunAt: Millis } | undefined;
  /** What every file begins with. */
  readonly head: (begunAt: Millis) => string;
  readonly turnMs: Millis;
  readonly now: () => Millis;
  /** undefined: everything has been written again. Never called before this function has returned. */
  readonly onTrouble: (problem: string | undefined) => void;
}): TwinLog {
  const { files, now } = using;
  let index = using.goOn?.index ?? 0;
  let begunAt = using.goOn?.begunAt ?? now();
  let fd: number | undefined;
  /** The file in turn has its head. */
  let isBegun = using.goOn !== undefined;
  let kept = "";
  let isInTrouble = false;

  const tellTrouble = (problem: string | undefined) => {
    if (isInTrouble === (problem !== undefined)) return;
    isInTrouble = problem !== undefined;
    queueMicrotask(() => using.onTrouble(problem));
  };
  const open = (flags: "a" | "w") => {
    if (fd !== undefined) closeSync(fd);
    fd = undefined;
    fd = openSync(files[index] ?? files[0], flags, 0o600);
    return fd;
  };
  const begin = () => {
    isBegun = false;
    begunAt = now();
    writeAll(open("w"), using.head(begunAt));
    isBegun = true;
  };
  const attempt = (act: () => void): boolean => {
    try {
      act();
      tellTrouble(undefined);
      return true;
    } catch (problem) {
      tellTrouble(toError(problem).message);
      return false;
    }
  };
  attempt(() => {
    if (!using.goOn) return begin();
    // Its last line may have been cut short.
    writeAll(open("a"), "\n");
  });

  return {
    append(text) {
      kept += text;
      const isWritten = attempt(() => {
        const isTurn = isBegun && now() - begunAt > using.turnMs;
        if (isTurn) index = 1 - index;
        if (isTurn || !isBegun) begin();
        writeAll(fd ?? open("a"), kept);
      });
      // A part may have been written, to the middle of a line.
      kept = isWritten ? "" : `\n${kept.trimStart().slice(-KEPT_CHARACTERS_MAX)}`;
    },
    close() {
      if (fd !== undefined) closeSync(fd);
      fd = undefined;
    },
  };
}

/** A disk that is nearly full takes a part and says nothing. */
function writeAll(fd: number, text: string): void {
  const bytes = Buffer.from(text);
  for (let written = 0; written < bytes.length; ) written += writeSync(fd, bytes, written);
}
