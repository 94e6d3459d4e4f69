/** Puts what was learnt into the index itself, on a thread of its own: the new file takes the old one's name. */
import { dropTaken, takeAdditions } from "./additions.ts";
import { loadAddon } from "./native-addon.ts";
import { toLines } from "./open-native.ts";

export type Compacted =
  | { readonly is: "compacted"; readonly titles: number }
  | { readonly is: "failed"; readonly problem: string };

/** One process of an installation does it: the one that learns. */
export async function compactGameIndex(file: string, now: number): Promise<Compacted> {
  const loaded = loadAddon();
  if (loaded.is === "away") return { is: "failed", problem: loaded.problem };
  try {
    const taken = takeAdditions(file);
    const titles = taken.length === 0 ? 0 : await loaded.addon.compactIndex(file, toLines(taken), now);
    dropTaken(file);
    return { is: "compacted", titles };
  } catch (error) {
    return { is: "failed", problem: error instanceof Error ? error.message : String(error) };
  }
}
