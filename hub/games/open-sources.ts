/** The sources that the configuration allows, each behind its own breaker and budget. */
import type { Agent } from "undici";
import type { Clock } from "../../shared/clock.ts";
import type { GameSource } from "../../shared/games/game-facts.ts";
import type { GamePapers } from "../../shared/games/game-services.ts";
import type { Logger } from "../../shared/log.ts";
import { makeAppToken } from "../tokens/app-token.ts";
import { makeIdTwitch } from "../twitch/id-twitch.ts";
import { makeGuardedCaller } from "./guarded-caller.ts";
import { makeRateBudget, type RateLimits } from "./rate-budget.ts";
import { IGDB_LIMITS, makeIgdb } from "./sources/igdb.ts";
import { makeRawg, RAWG_LIMITS } from "./sources/rawg.ts";
import type { Source } from "./sources/source.ts";
import { makeSteam, STEAM_LIMITS } from "./sources/steam.ts";

export function openSources(using: {
  readonly papers: GamePapers;
  readonly agent: Agent;
  readonly month: { used(source: GameSource): number; count(source: GameSource): void };
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Logger;
}): readonly Source[] {
  const { papers, agent, month, clock, random, log } = using;
  const callerOf = (source: GameSource, limits: RateLimits, callsAMonth?: number) =>
    makeGuardedCaller({
      agent,
      clock,
      budget: makeRateBudget({
        clock,
        limits,
        ...(callsAMonth !== undefined && {
          hasMonthRoom: () => month.used(source) < callsAMonth,
          onCall: () => month.count(source),
        }),
      }),
      onRest: (isResting) => log.warn({ source, isResting }, "a source of games rests, or is back"),
    });
  const { steam, rawg, igdb, language } = papers;
  return [
    ...(igdb
      ? [
          makeIgdb({
            papers: igdb,
            caller: callerOf("igdb", IGDB_LIMITS),
            token: makeAppToken({
              idTwitch: makeIdTwitch({
                baseUrl: igdb.idUrl,
                clientId: igdb.clientId,
                clientSecret: igdb.clientSecret,
              }),
              clock,
              random,
              log,
            }),
          }),
        ]
      : []),
    ...(steam ? [makeSteam({ papers: steam, language, caller: callerOf("steam", STEAM_LIMITS) })] : []),
    ...(rawg ? [makeRawg({ papers: rawg, caller: callerOf("rawg", RAWG_LIMITS, rawg.callsAMonth) })] : []),
  ];
}
