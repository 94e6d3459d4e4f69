/** The door to the crowd's knowledge: loads it when somebody asks for the first time. */
import type { Db } from "../db/open.ts";
import type { Clock } from "../shared/clock.ts";
import { type CrowdPapers, defaultCrowdPapers } from "../shared/crowd/crowd-papers.ts";
import { toError } from "../shared/errors.ts";
import type { Home } from "../shared/home.ts";
import type { ChannelId, Login } from "../shared/ids.ts";
import type { CrowdReply, CrowdWish } from "../shared/ipc/crowd-words.ts";
import type { Logger } from "../shared/log.ts";
import type { Crowd } from "./crowd/start-crowd.ts";
import type { Games } from "./open-games.ts";

export interface CrowdDoor {
  /** Never throws: a database that can't be written is a source that is away. */
  ask(wish: CrowdWish, channelId: ChannelId): Promise<CrowdReply>;
  stop(): void;
}

export function openCrowd(using: {
  readonly db: Db;
  readonly papers: CrowdPapers | undefined;
  readonly games: Pick<Games, "ask">;
  readonly home: Pick<Home, "gameIndex">;
  readonly loginOf: (channelId: ChannelId) => Login | undefined;
  readonly clock: Clock;
  readonly log: Logger;
}): CrowdDoor {
  const { papers = defaultCrowdPapers, log } = using;
  let starting: Promise<Crowd> | undefined;
  let isStopped = false;
  const start = async (): Promise<Crowd> => {
    const { startCrowd } = await import("./crowd/start-crowd.ts");
    return startCrowd({
      ...using,
      papers,
      findGame: async (wanted) => (await using.games.ask({ about: "game", wanted })).end,
      indexFile: using.home.gameIndex,
    });
  };
  return {
    async ask(wish, channelId) {
      try {
        if (isStopped) return { is: "source-away", because: "away" };
        starting ??= start();
        const crowd = await starting;
        if (isStopped) crowd.stop();
        return await crowd.ask(wish, { channelId, channel: using.loginOf(channelId) });
      } catch (problem) {
        log.error({ err: toError(problem), wish: wish.do }, "the crowd's knowledge could not be asked");
        return { is: "source-away", because: "away" };
      }
    },
    stop() {
      isStopped = true;
      void starting?.then((crowd) => crowd.stop()).catch(() => {});
    },
  };
}
