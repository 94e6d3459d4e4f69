/** Tells the engine's index of titles that a source confirmed, so that the next who mistypes one is understood. */
import type { GameIndex } from "../../engine/game-index.ts";
import { toError } from "../../shared/errors.ts";
import type { GameFacts } from "../../shared/games/game-facts.ts";
import { toGameKey, toYearKey } from "../../shared/games/game-key.ts";
import type { Logger } from "../../shared/log.ts";

const keyOf = ({ name, year }: Pick<GameFacts, "name" | "year">): string => toYearKey(toGameKey(name), year);

const REMEMBERED_MAX = 5_000;

export interface TitleLearner {
  learn(facts: Pick<GameFacts, "name" | "year">): void;
  close(): void;
}

export function makeTitleLearner(using: {
  readonly file: string;
  readonly log: Logger;
  readonly loadEngine?: () => Promise<Pick<typeof import("../../engine/index.ts"), "openGameIndex">>;
}): TitleLearner {
  const { file, log, loadEngine = () => import("../../engine/index.ts") } = using;
  let index: GameIndex | undefined;
  let isClosed = false;
  /** The engine is loaded once; titles come one after another. */
  let line: Promise<void> = Promise.resolve();
  const told = new Set<string>();

  const teach = async (facts: Pick<GameFacts, "name" | "year">) => {
    const { name, year } = facts;
    const { openGameIndex } = await loadEngine();
    if (isClosed) return;
    if (!index) {
      const opened = openGameIndex(file);
      // Without an index there is nothing to add to: every question goes to the sources as it was typed.
      if (opened.is === "failed") return void told.delete(keyOf(facts));
      index = opened.index;
    }
    index.refresh();
    const known = index.find(name);
    if (known && toGameKey(known.title) === toGameKey(name)) return;
    index.learn([{ title: name, ...(year !== undefined && { year }) }]);
  };
  return {
    learn(facts) {
      const key = keyOf(facts);
      if (isClosed || told.has(key) || told.size >= REMEMBERED_MAX) return;
      told.add(key);
      line = line
        .then(() => teach(facts))
        .catch((problem: unknown) => log.warn({ err: toError(problem) }, "a title could not be learnt"));
    },
    close() {
      isClosed = true;
      index?.close();
      index = undefined;
    },
  };
}
