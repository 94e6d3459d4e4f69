/** Everything that answering about games takes, put together; loaded when somebody asks for the first time. */
import { Agent } from "undici";
import { makeGameCache } from "../../db/game-cache.ts";
import { openDatabase } from "../../db/open.ts";
import type { Clock } from "../../shared/clock.ts";
import type { GameSource } from "../../shared/games/game-facts.ts";
import type { GamePapers } from "../../shared/games/game-services.ts";
import type { RankerPapers } from "../../shared/games/ranker-words.ts";
import type { Logger } from "../../shared/log.ts";
import { makeSourceAsker } from "./ask-sources.ts";
import type { CategoryGames } from "./category-games.ts";
import { type GameOwner, makeGameOwner } from "./game-owner.ts";
import { openSources } from "./open-sources.ts";
import { makeRanker, noRanker } from "./ranker.ts";
import { makeTitleLearner } from "./title-learner.ts";

const CONNECTIONS_PER_SOURCE = 8;

export interface OpenOwner extends Pick<GameOwner, "find" | "heardHits"> {
  close(): Promise<void>;
}

export function openOwner(using: {
  readonly papers: GamePapers;
  /** Left out: none is asked. */
  readonly ranker?: RankerPapers | undefined;
  readonly database: string;
  /** The engine's index of titles. */
  readonly indexFile: string;
  readonly categories: CategoryGames;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Logger;
}): OpenOwner {
  const { papers, clock, log } = using;
  const agent = new Agent({ connections: CONNECTIONS_PER_SOURCE });
  const cache = makeGameCache(openDatabase(using.database));
  const learner = makeTitleLearner({ file: using.indexFile, log });
  const sources = openSources({
    papers,
    agent,
    month: {
      used: (source: GameSource) => owner.callsThisMonth(source),
      count: (source: GameSource) => owner.countCall(source),
    },
    clock,
    random: using.random,
    log,
  });
  const { language, deadlineMs } = papers;
  const ranker = using.ranker ? makeRanker({ papers: using.ranker, fetch, clock, log }) : noRanker;
  const asker = makeSourceAsker({ sources, language, deadlineMs, ranker, clock });
  const owner = makeGameOwner({
    cache,
    asker,
    categories: using.categories,
    learn: learner.learn,
    clock,
    log,
  });
  return {
    find: owner.find,
    heardHits: owner.heardHits,
    async close() {
      owner.stop();
      learner.close();
      cache.close();
      await agent.destroy();
    },
  };
}
