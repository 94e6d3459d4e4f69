/** Builds an index at a path, on a thread of its own: the new file takes the old one's name when it is whole. */
import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { buildFallbackIndex } from "./fallback/build-fallback.ts";
import type { EngineName } from "./game-index.ts";
import { type BuildReport, loadAddon } from "./native-addon.ts";

export interface BuildOrder {
  /** A file of titles, one a line, behind tabs how often it was counted and its year; besides the catalogue that ships. */
  readonly titles?: string;
  readonly to: string;
  /** False leaves nicknames and short forms of the catalogue out, for measuring what the rules alone find. */
  readonly withAliases?: boolean;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

export type Built =
  | { readonly is: "built"; readonly engine: EngineName; readonly report: BuildReport }
  | { readonly is: "failed"; readonly problem: string };

export async function buildGameIndex({ titles, to, withAliases = true, now }: BuildOrder): Promise<Built> {
  const loaded = loadAddon();
  try {
    mkdirSync(dirname(to), { recursive: true, mode: 0o700 });
    return loaded.is === "loaded"
      ? {
          is: "built",
          engine: "rust",
          report: await loaded.addon.buildIndex(titles, to, withAliases, now),
        }
      : {
          is: "built",
          engine: "typescript",
          report: buildFallbackIndex({ titles, to, withAliases, now }),
        };
  } catch (error) {
    return { is: "failed", problem: error instanceof Error ? error.message : String(error) };
  }
}
