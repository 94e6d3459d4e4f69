/** The Rust addon: loaded once, on first use, and never in a way that could throw at an import. */
import { join } from "node:path";

/** One open file, as the addon sees it. Numbers of matches are written into the array given at `open`. */
export interface NativeIndex {
  /** The title of the best; nothing when there is none. */
  finder(): (query: string) => string | undefined;
  search(query: string, limit: number): number;
  title(id: number): string;
  setLearnt(lines: string): void;
  isIntact(): boolean;
  verify(): void;
  info(): NativeInfo;
}

interface NativeInfo {
  readonly titles: number;
  readonly learnt: number;
  readonly bytes: number;
  readonly format: string;
  readonly normaliser: number;
  readonly builtAt: number;
  readonly digest: string;
}

export interface BuildReport {
  readonly titles: number;
  /** Lines of the file of titles that hold none. */
  readonly skipped: number;
  readonly bytes: number;
  readonly tookMs: number;
}

export interface NativeAddon {
  readonly NativeIndex: { open(file: string, numbers: Float64Array): NativeIndex };
  normalise(text: string): string;
  buildIndex(
    titles: string | undefined,
    to: string,
    withAliases: boolean,
    builtAt: number,
  ): Promise<BuildReport>;
  compactIndex(file: string, learnt: string, builtAt: number): Promise<number>;
}

export type LoadedAddon =
  | { readonly is: "loaded"; readonly addon: NativeAddon }
  | { readonly is: "away"; readonly problem: string };

export const ADDON_FILE = join(import.meta.dirname, "kissbot-engine.node");

let loaded: LoadedAddon | undefined;

/** The same answer each time: an addon that appears later is for the next process. */
export function loadAddon(): LoadedAddon {
  loaded ??= load(process.env.KISSBOT_ENGINE);
  return loaded;
}

/** KISSBOT_ENGINE=typescript leaves the addon alone, for comparing the two. */
function load(wanted: string | undefined): LoadedAddon {
  if (wanted === "typescript") return { is: "away", problem: "KISSBOT_ENGINE=typescript was asked for" };
  const holder: { exports: unknown } = { exports: {} };
  try {
    process.dlopen(holder as NodeJS.Module, ADDON_FILE);
  } catch (error) {
    return { is: "away", problem: describe(error) };
  }
  return isAddon(holder.exports)
    ? { is: "loaded", addon: holder.exports }
    : { is: "away", problem: "the addon is of another version: kissbot.sh builds it anew" };
}

const WANTED = ["NativeIndex", "normalise", "buildIndex", "compactIndex"] as const;

const isAddon = (exports: unknown): exports is NativeAddon =>
  typeof exports === "object" &&
  exports !== null &&
  WANTED.every((name) => name in exports && typeof Reflect.get(exports, name) === "function");

function describe(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.includes("No such file")
    ? "the addon is not built (cargo is missing, or the build failed)"
    : text;
}
