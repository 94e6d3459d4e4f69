/** The sentence of a crash that says why, out of what a process wrote to its crash log before it ended. */
import { closeSync, openSync, readSync, statSync } from "node:fs";

export interface LastWords {
  /** Of what was written since this was made; undefined when there is nothing. */
  read(): string | undefined;
}

const READ_MAX_BYTES = 8 * 1_024;
const WORDS_MAX = 240;

/** Call it before the process can write. Never throws: who can't be heard has said nothing. */
export function awaitLastWords(file: string): LastWords {
  const from = sizeOf(file);
  return {
    read() {
      const size = sizeOf(file);
      // Shorter than it was: the log was cut meanwhile, and what stands there is new.
      const begin = Math.max(size < from ? 0 : from, size - READ_MAX_BYTES);
      return size > begin ? findLastWords(readPart(file, begin, size - begin)) : undefined;
    },
  };
}

const sizeOf = (file: string): number => {
  try {
    return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  } catch {
    return 0;
  }
};

function readPart(file: string, from: number, length: number): string {
  try {
    const descriptor = openSync(file, "r");
    try {
      const bytes = Buffer.alloc(length);
      return bytes.subarray(0, readSync(descriptor, bytes, 0, length, from)).toString("utf8");
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return "";
  }
}

/** "TypeError: …", "Error [ERR_X]: …", and what V8 says before it aborts. */
const NAMES_THE_REASON =
  /^(?:\w*: )?(?:Uncaught )?(?:[\w.]*(?:Error|Exception)\b[^:]{0,40}: |FATAL ERROR: |# Fatal )/;
/** Stack frames, source positions, an error's fields and Node's own signature say where, not why. */
const SAYS_NOTHING = /^(?:\s|\^|at |[{}[\]]|Node\.js v|-{3,}|\d+: 0x|(?:file|node):\S+:\d+$|\/\S+:\d+$)/;

/** Pure. */
export function findLastWords(text: string): string | undefined {
  const lines = text.split("\n").map((line) => line.trimEnd());
  const telling = lines.filter((line) => line !== "" && !SAYS_NOTHING.test(line));
  const words = telling.findLast((line) => NAMES_THE_REASON.test(line)) ?? telling.at(-1);
  return words === undefined || words.length <= WORDS_MAX ? words : `${words.slice(0, WORDS_MAX - 1)}…`;
}
