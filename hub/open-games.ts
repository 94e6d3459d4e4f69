/** Games for workers. A house that never asks for one pays nothing: all of it is loaded by the first question. */
import type { Clock } from "../shared/clock.ts";
import { toError } from "../shared/errors.ts";
import type { GamePapers } from "../shared/games/game-services.ts";
import type { RankerPapers } from "../shared/games/ranker-words.ts";
import type { Home } from "../shared/home.ts";
import type { GameHits, GameWanted, TraceStep } from "../shared/ipc/game-words.ts";
import type { Question, Reply } from "../shared/ipc/hub-worker.ts";
import type { Logger } from "../shared/log.ts";
import { type IndexTrouble, makeIndexBuilder, startIndexKeeper } from "./games/index-keeper.ts";
import type { OpenOwner } from "./games/open-owner.ts";
import type { Account } from "./open-account.ts";

export interface Games {
  /** Never rejects. */
  ask(question: Extract<Question, { about: "game" }>): Promise<Extract<Reply, { about: "game" }>>;
  heardHits(hits: GameHits): void;
  stop(): Promise<void>;
}

const TRACE_STEPS_MAX = 40;

export function openGames(using: {
  /** Left out: nobody is asked. */
  readonly papers: GamePapers | undefined;
  /** Left out: no ranker is asked. */
  readonly ranker?: RankerPapers | undefined;
  readonly home: Pick<Home, "database" | "gameIndex">;
  readonly account: Pick<Account, "callers" | "points">;
  readonly onTrouble: IndexTrouble;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Logger;
}): Games {
  const { papers, home, account, clock, log } = using;
  let opening: Promise<OpenOwner> | undefined;
  let isStopped = false;
  const file = home.gameIndex;
  const keeper = papers && startIndexKeeper({ ...using, file, builder: makeIndexBuilder(file, clock) });

  const open = async (settings: GamePapers): Promise<OpenOwner> => {
    const [{ openOwner }, { makeCategoryGames }] = await Promise.all([
      import("./games/open-owner.ts"),
      import("./games/category-games.ts"),
    ]);
    return openOwner({
      ...using,
      papers: settings,
      ranker: using.ranker,
      database: home.database,
      indexFile: file,
      categories: makeCategoryGames({ helix: account.callers.bot, points: account.points, clock }),
    });
  };
  const opened = (settings: GamePapers): Promise<OpenOwner> => {
    opening ??= open(settings).catch((problem: unknown) => {
      // A database that could not be opened may be there the next time.
      opening = undefined;
      throw problem;
    });
    return opening;
  };
  const find = async (wanted: GameWanted, note: (step: TraceStep) => void) => {
    if (!papers || isStopped) return { is: "away", detail: "no source of games is configured" } as const;
    try {
      return await (await opened(papers)).find(wanted, note);
    } catch (problem) {
      log.error({ err: toError(problem) }, "games can't be looked up");
      return { is: "away", detail: toError(problem).message.slice(0, DETAIL_MAX) } as const;
    }
  };
  return {
    async ask({ wanted, isTraced }) {
      const trace: TraceStep[] = [];
      const end = await find(wanted, (step) => {
        if (trace.length < TRACE_STEPS_MAX) trace.push(step);
      });
      return { about: "game", end, ...(isTraced && { trace }) };
    },
    heardHits(hits) {
      if (!papers || isStopped) return;
      void opened(papers).then(
        (owner) => owner.heardHits(hits),
        (problem: unknown) => log.warn({ err: toError(problem) }, "hits on games could not be counted"),
      );
    },
    async stop() {
      isStopped = true;
      await keeper?.stop();
      const owner = await opening?.catch(() => undefined);
      await owner?.close();
    },
  };
}

const DETAIL_MAX = 300;
