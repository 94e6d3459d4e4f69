/**
 * What was typed at the prompt, for the next time: a line each, in the installation's data folder, readable by its
 * owner only. Convenience and nothing else: whatever is wrong with the file, the console goes on without it.
 */

import { closeSync, fstatSync, openSync, readSync, renameSync, writeFileSync } from "node:fs";
import { appendFile } from "node:fs/promises";

export interface ConsoleHistory {
  /** Newest first, each line once: as readline takes it. */
  readonly past: readonly string[];
  /** Written behind the caller's back; several consoles may do so at once. */
  add(line: string): void;
  /** Resolves when everything has been written, or could not be. */
  written(): Promise<void>;
}

export const HISTORY_MAX = 500;
/** More than so many bytes, and the file is cut to what is remembered. */
const FILE_MAX_BYTES = 64 * 1_024;
const LINE_MAX = 200;
const OWNER_ONLY = 0o600;

export function openConsoleHistory(file: string): ConsoleHistory {
  const { text, isLarge } = readEnd(file);
  const past = parseHistory(text);
  if (isLarge) shorten(file, past);
  let writing: Promise<void> = Promise.resolve();
  return {
    past,
    add(line) {
      const kept = toLine(line);
      if (kept === undefined) return;
      writing = writing.then(() => appendFile(file, `${kept}\n`, { mode: OWNER_ONLY })).catch(() => {});
    },
    written: () => writing,
  };
}

/** Pure. */
export function parseHistory(text: string): readonly string[] {
  const lines = text.split("\n").flatMap((line) => toLine(line) ?? []);
  return [...new Set(lines.reverse())].slice(0, HISTORY_MAX);
}

/** What can stand in the file and at the prompt; a file that somebody else wrote into moves no cursor. */
function toLine(text: string): string | undefined {
  const line = text.trim();
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  return line === "" || line.length > LINE_MAX || /[\u0000-\u001f\u007f-\u009f]/.test(line)
    ? undefined
    : line;
}

function readEnd(file: string): { readonly text: string; readonly isLarge: boolean } {
  try {
    const descriptor = openSync(file, "r");
    try {
      const { size } = fstatSync(descriptor);
      const bytes = Buffer.alloc(Math.min(size, FILE_MAX_BYTES));
      const read = readSync(descriptor, bytes, 0, bytes.length, size - bytes.length);
      const text = bytes.subarray(0, read).toString("utf8");
      // The first line of a part is the end of one.
      return size > bytes.length
        ? { text: text.slice(text.indexOf("\n") + 1), isLarge: true }
        : { text, isLarge: false };
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return { text: "", isLarge: false };
  }
}

function shorten(file: string, past: readonly string[]): void {
  try {
    const fresh = `${file}.${process.pid}`;
    writeFileSync(fresh, `${past.toReversed().join("\n")}\n`, { mode: OWNER_ONLY });
    renameSync(fresh, file);
  } catch {
    // It stays long.
  }
}
