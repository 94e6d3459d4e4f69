/** The Rust engine behind the common face. */
import { type GameMatch, type IndexFailure, type LearntTitle, STAGES } from "./game-index.ts";
import type { NativeAddon, NativeIndex } from "./native-addon.ts";
import { FULL_POINTS, MATCHES_MAX, type OpenedFile, type OpenFile } from "./open-engine.ts";

/** As node/src/lib.rs writes them: id, points, margin, stage, whether sure, year or 0. */
const NUMBERS = 6;
const CODES: readonly IndexFailure[] = ["missing", "foreign", "outdated", "corrupt"];

export function openNative(addon: NativeAddon, file: string): OpenedFile {
  const numbers = new Float64Array(NUMBERS * MATCHES_MAX);
  try {
    return { is: "open", opened: makeOpenFile(addon.NativeIndex.open(file, numbers), numbers) };
  } catch (error) {
    return { is: "failed", ...parseFailure(error) };
  }
}

function makeOpenFile(native: NativeIndex, numbers: Float64Array): OpenFile {
  const find = native.finder();
  return {
    engine: "rust",
    find(query) {
      const title = find(query);
      return title === undefined ? undefined : toMatch(numbers, 0, title);
    },
    search(query, limit) {
      const count = native.search(query, Math.max(0, Math.min(MATCHES_MAX, Math.trunc(limit))));
      return Array.from({ length: count }, (_, at) =>
        toMatch(numbers, at * NUMBERS, native.title(numbers[at * NUMBERS] ?? 0)),
      );
    },
    setLearnt: (titles) => native.setLearnt(toLines(titles)),
    verify() {
      try {
        native.verify();
        return undefined;
      } catch (error) {
        return parseFailure(error).problem;
      }
    },
    facts: () => native.info(),
  };
}

function toMatch(numbers: Float64Array, at: number, title: string): GameMatch {
  const id = numbers[at] ?? 0;
  const score = (numbers[at + 1] ?? 0) / FULL_POINTS;
  const margin = (numbers[at + 2] ?? 0) / FULL_POINTS;
  const stage = STAGES[numbers[at + 3] ?? 0] ?? "tokens";
  const isConfident = numbers[at + 4] === 1;
  const year = numbers[at + 5] ?? 0;
  // Not by spreading: this is the path of every look-up.
  return year === 0
    ? { id, title, score, margin, stage, isConfident }
    : { id, title, year, score, margin, stage, isConfident };
}

/** A line for each, as in a file of titles: title, count, year. */
export const toLines = (titles: readonly LearntTitle[]): string =>
  titles.map(({ title, year }) => `${title.replace(/\s+/g, " ")}\t1\t${year ?? ""}`).join("\n");

/** The addon words its failures "code: what is wrong". */
function parseFailure(error: unknown): { readonly code: IndexFailure; readonly problem: string } {
  const text = error instanceof Error ? error.message : String(error);
  const code = CODES.find((one) => text.startsWith(`${one}: `));
  return code === undefined
    ? { code: "corrupt", problem: text }
    : { code, problem: text.slice(code.length + 2) };
}
