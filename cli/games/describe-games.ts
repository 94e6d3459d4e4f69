/** Which engine answers questions for games, and from what: one line for `status`. */
import type { EngineStatus, OpenedIndex } from "../../engine/game-index.ts";

const NAMES = { rust: "Rust engine", typescript: "TypeScript engine" } as const;

/** Pure. */
export function describeGames({ engine, problem }: EngineStatus, opened: OpenedIndex): string {
  const name = problem === undefined ? NAMES[engine] : `${NAMES[engine]} (${problem})`;
  if (opened.is === "failed")
    return `${name}, without an index of titles (${opened.code}): ./kissbot.sh games build`;
  const { titles, learnt } = opened.index.info();
  return `${name}, ${titles} titles${learnt > 0 ? ` and ${learnt} learnt since` : ""}`;
}

/** Loads the engine, which few verbs need. */
export async function lookAtGames(indexFile: string): Promise<string> {
  const { engineStatus, openGameIndex } = await import("../../engine/index.ts");
  const opened = openGameIndex(indexFile);
  try {
    return describeGames(engineStatus(), opened);
  } finally {
    if (opened.is === "open") opened.index.close();
  }
}
