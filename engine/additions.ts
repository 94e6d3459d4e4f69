/**
 * Titles learnt since an index was built: JSON lines in a file beside it. One process adds; others read. While they are
 * being put into the index the file has another name, so that what is learnt meanwhile is not lost.
 */
import { appendFileSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import * as v from "valibot";
import type { LearntTitle } from "./game-index.ts";

const TITLE_CHARACTERS_MAX = 200;
/** Of a file that somebody filled by other means the rest is not read. */
const TITLES_MAX = 5_000;

const Line = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({
    title: v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(TITLE_CHARACTERS_MAX)),
    year: v.exactOptional(v.pipe(v.number(), v.integer(), v.minValue(1950), v.maxValue(2099))),
  }),
);

const additionsOf = (file: string): string => `${file.replace(/\.kbx$/, "")}.additions.jsonl`;
const movingOf = (file: string): string => `${file.replace(/\.kbx$/, "")}.compacting.jsonl`;

/** Changes whenever one of the two files does. */
export const additionsMark = (file: string): string =>
  [movingOf(file), additionsOf(file)].map(markOf).join(" ");

/** Which file stands at a path, and in what state; empty where there is none, or none that may be looked at. */
export function markOf(path: string): string {
  try {
    const { ino, size, mtimeNs } = statSync(path, { bigint: true });
    return `${ino}:${size}:${mtimeNs}`;
  } catch {
    return "";
  }
}

export function readAdditions(file: string): readonly LearntTitle[] {
  return parseAdditions(`${readIfThere(movingOf(file))}\n${readIfThere(additionsOf(file))}`);
}

/** Pure. A line that was cut off, or that somebody spoilt, is passed over. */
export function parseAdditions(text: string): readonly LearntTitle[] {
  const known = new Map<string, LearntTitle>();
  for (const line of text.split("\n")) {
    if (known.size === TITLES_MAX) break;
    const parsed = v.safeParse(Line, line);
    if (parsed.success) known.set(JSON.stringify([parsed.output.title, parsed.output.year]), parsed.output);
  }
  return [...known.values()];
}

/** Pure. What can be learnt of what is offered: what would not be read back is not written. */
export const toLearnable = (titles: readonly LearntTitle[]): readonly LearntTitle[] =>
  parseAdditions(titles.map((title) => JSON.stringify(title)).join("\n"));

export function appendAdditions(file: string, titles: readonly LearntTitle[]): void {
  // One write: readers see whole lines. A line that a crash cut off is closed by the newline in front.
  const lines = titles.map(({ title, year }) => `\n${JSON.stringify({ title, year })}`).join("");
  appendFileSync(additionsOf(file), lines, { mode: 0o600 });
}

/** Moves them aside for compaction; what an interrupted one left there comes first, and alone. */
export function takeAdditions(file: string): readonly LearntTitle[] {
  if (markOf(movingOf(file)) === "") {
    if (markOf(additionsOf(file)) === "") return [];
    renameSync(additionsOf(file), movingOf(file));
  }
  return parseAdditions(readIfThere(movingOf(file)));
}

export const dropTaken = (file: string): void => rmSync(movingOf(file), { force: true });

function readIfThere(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
