/** The worker's door to games. Nothing of it is loaded until somebody asks: most channels' workers never pay for it. */
import type { CacheUse } from "../db/game-cache-reader.ts";
import type { EngineName } from "../engine/game-index.ts";
import type { Clock, Millis } from "../shared/clock.ts";
import type { FindCollapsed } from "../shared/crowd/candidate.ts";
import type { GameOption } from "../shared/games/game-facts.ts";
import type { Home } from "../shared/home.ts";
import type { GameEnd, TraceStep } from "../shared/ipc/game-words.ts";
import type { Logger } from "../shared/log.ts";
import type { HubDesk } from "./hub-desk.ts";

export interface GameDesk {
  /** What a viewer typed: a title, mistyped perhaps, a nickname, "Prey (2017)". */
  find(query: string): Promise<GameEnd>;
  /** One of the options that `find` answered with. */
  choose(option: GameOption): Promise<GameEnd>;
  /** The game that a category of Twitch's is; `nothing` when it is none. */
  ofCategory(category: { readonly id: string; readonly name: string }): Promise<GameEnd>;
  /** undefined: it can't be read at this moment. */
  use(): Promise<CacheUse | undefined>;
  /** `find`, and what was done for it, which is also written into a file below logs/. */
  trace(query: string): Promise<TracedFind>;
  /** Which engine finds titles in this process. */
  engine(): Promise<EngineName>;
  close(): Promise<void>;
}

export interface TracedFind {
  readonly end: GameEnd;
  readonly steps: readonly TraceStep[];
  readonly tookMs: Millis;
  /** undefined: it could not be written. */
  readonly savedAs: string | undefined;
}

export interface GameFinderParts {
  readonly home: Pick<Home, "database" | "gameIndex" | "logs">;
  readonly hub: Pick<HubDesk, "ask" | "send">;
  /** What moderators have settled wins over every search. */
  readonly findCollapsed: FindCollapsed;
  readonly clock: Clock;
  readonly log: Logger;
}

export function openGameDesk(using: GameFinderParts): GameDesk {
  let opening: ReturnType<typeof open> | undefined;
  let isClosed = false;
  const open = async () => {
    const { openGameFinder } = await import("./providers/games/open-game-finder.ts");
    return openGameFinder(using);
  };
  const opened = () => {
    if (isClosed) throw new Error("the worker stops");
    opening ??= open().catch((problem: unknown) => {
      opening = undefined;
      throw problem;
    });
    return opening;
  };
  return {
    find: async (query) => (await opened()).find(query),
    choose: async (option) => (await opened()).choose(option),
    ofCategory: async (category) => (await opened()).ofCategory(category),
    use: async () => (await opened()).use(),
    trace: async (query) => (await opened()).trace(query),
    engine: async () => (await import("../engine/index.ts")).engineStatus().engine,
    async close() {
      isClosed = true;
      const finder = await opening?.catch(() => undefined);
      finder?.close();
    },
  };
}
