/** All that looking up games takes in a worker, put together; loaded when somebody asks for the first time. */
import { setImmediate as nextTurn } from "node:timers/promises";
import { openGameCacheReader, sqlitePieces } from "../../../db/game-cache-reader.ts";
import type { GameFinderParts } from "../../games.ts";
import { type GameFinder, makeGameFinder } from "./game-finder.ts";
import { makeGameShelf } from "./game-shelf.ts";
import { saveTrace } from "./perf-trace.ts";
import { makeTitleIndex } from "./title-index.ts";

export async function openGameFinder(using: GameFinderParts): Promise<GameFinder & { close(): void }> {
  const { home, hub, clock, log } = using;
  await nextTurn();
  const { engineStatus, openGameIndex } = await import("../../../engine/index.ts");
  const titles = makeTitleIndex({ file: home.gameIndex, openGameIndex, clock, log });
  const reader = openGameCacheReader(home.database);
  const pieces = [...sqlitePieces(), () => reader.find("", 0), engineStatus, () => titles.search("", 1)];
  // Libraries are loaded now, each in a turn of the loop of its own, which chat shares.
  for (const load of pieces) {
    await nextTurn();
    load();
  }
  await nextTurn();
  const shelf = makeGameShelf({
    reader,
    clock,
    tell: (hits) => hub.send(hits),
  });
  return {
    ...makeGameFinder({
      hub,
      shelf,
      titles,
      findCollapsed: using.findCollapsed,
      clock,
      saveTrace: (trace) => saveTrace(home.logs, trace, new Date(clock.wall())),
    }),
    close() {
      shelf.close();
      titles.close();
    },
  };
}
