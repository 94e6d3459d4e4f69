/** The door to the game engine. Loads the Rust addon on the first call; without it the TypeScript engine answers. */
import { openFallback } from "./fallback/open-fallback.ts";
import type { EngineStatus, OpenedIndex } from "./game-index.ts";
import { openLastingIndex } from "./lasting-index.ts";
import { loadAddon } from "./native-addon.ts";
import { openNative } from "./open-native.ts";

export { normaliseTitle } from "./fallback/normalise-title.ts";

const systemTime = (): number => Date.now();

/** Milliseconds; the file is mapped, not read. */
export function openGameIndex(file: string, now: () => number = systemTime): OpenedIndex {
  const loaded = loadAddon();
  const open = (path: string) =>
    loaded.is === "loaded" ? openNative(loaded.addon, path) : openFallback(path);
  return openLastingIndex(file, { open, now });
}

export function engineStatus(): EngineStatus {
  const loaded = loadAddon();
  return loaded.is === "loaded" ? { engine: "rust" } : { engine: "typescript", problem: loaded.problem };
}
