/** The engine's titles for the crowd's lists; opened when somebody asks for the first time. */
import type { GameIndex } from "../../engine/game-index.ts";
import { toError } from "../../shared/errors.ts";
import type { Logger } from "../../shared/log.ts";
import type { NearTitle } from "./game-source.ts";

export interface NearTitles {
  near(query: string, limit: number): Promise<readonly NearTitle[]>;
  close(): void;
}

export function openNearTitles(using: {
  readonly file: string;
  readonly log: Logger;
  readonly loadEngine?: () => Promise<Pick<typeof import("../../engine/index.ts"), "openGameIndex">>;
}): NearTitles {
  const { file, log, loadEngine = () => import("../../engine/index.ts") } = using;
  let index: GameIndex | undefined;
  let isClosed = false;
  const open = async (): Promise<GameIndex | undefined> => {
    if (index || isClosed) return index;
    const { openGameIndex } = await loadEngine();
    const opened = openGameIndex(file);
    if (opened.is === "open" && !isClosed) index = opened.index;
    return index;
  };
  return {
    async near(query, limit) {
      try {
        const opened = await open();
        opened?.refresh();
        return opened?.search(query, limit) ?? [];
      } catch (problem) {
        log.warn({ err: toError(problem) }, "the engine could not be asked for titles");
        return [];
      }
    },
    close() {
      isClosed = true;
      index?.close();
      index = undefined;
    },
  };
}
