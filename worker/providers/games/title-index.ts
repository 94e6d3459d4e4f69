/** The engine's titles for this process. Without an index, or an engine, every title is taken as it was typed. */
import type { GameIndex, GameMatch } from "../../../engine/game-index.ts";
import type { Clock, Millis } from "../../../shared/clock.ts";
import { toError } from "../../../shared/errors.ts";
import type { Logger } from "../../../shared/log.ts";

export interface TitleIndex {
  search(query: string, limit: number): readonly GameMatch[];
  /** Which engine answers, or why none does. */
  describe(): string;
  close(): void;
}

type OpenGameIndex = typeof import("../../../engine/index.ts").openGameIndex;

const LOOK_EVERY_MS: Millis = 5_000;

export function makeTitleIndex(using: {
  readonly file: string;
  readonly openGameIndex: OpenGameIndex;
  readonly clock: Clock;
  readonly log: Logger;
}): TitleIndex {
  const { file, clock, log } = using;
  let index: GameIndex | undefined;
  let problem = "not opened yet";
  let lookAgainAt = Number.NEGATIVE_INFINITY;

  const tell = (because: string) => {
    if (because !== problem)
      log.warn({ because }, "titles are asked for as they are typed: there is no index of them");
    problem = because;
  };
  const open = () => {
    const opened = using.openGameIndex(file);
    if (opened.is === "open") {
      index = opened.index;
      problem = "";
    } else tell(`${opened.code}: ${opened.problem}`);
  };
  /** It may have been replaced, added to, removed, or be there at last. */
  const look = () => {
    if (clock.now() < lookAgainAt) return;
    lookAgainAt = clock.now() + LOOK_EVERY_MS;
    if (!index) return open();
    const refreshed = index.refresh();
    // What it has it goes on answering with, and looks again the next time.
    if (refreshed.is === "failed") tell(`${refreshed.code}: ${refreshed.problem}`);
    else problem = "";
  };
  const lose = (because: string) => {
    tell(because);
    index?.close();
    index = undefined;
  };
  return {
    search(query, limit) {
      try {
        look();
        return index?.search(query, limit) ?? [];
      } catch (thrown) {
        lose(toError(thrown).message);
        return [];
      }
    },
    describe: () => (index ? `${index.engine} engine` : problem),
    close: () => index?.close(),
  };
}
