/** The hub's owner of games against simulated services, in one process, with a database of its own. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeGameCache } from "../../db/game-cache.ts";
import { openDatabase } from "../../db/open.ts";
import type { CategoryGames } from "../../hub/games/category-games.ts";
import { openOwner } from "../../hub/games/open-owner.ts";
import { type Millis, systemClock } from "../../shared/clock.ts";
import type { GamePapers } from "../../shared/games/game-services.ts";
import type { GameEnd, GameWanted, TraceStep } from "../../shared/ipc/game-words.ts";
import type { GameFault, GameService } from "../../sim/games/knobs.ts";
import { type Sim, startSim } from "../../sim/server.ts";
import { silentLog } from "./silent-log.ts";

const CLIENT = { clientId: "games-client", clientSecret: "games-secret" };

export type GameTown = Awaited<ReturnType<typeof openGameTown>>;

export async function openGameTown(wish: (papers: GamePapers) => Partial<GamePapers> = () => ({})) {
  const sim: Sim = await startSim({ scenario: { applications: [{ ...CLIENT, name: "games" }] } });
  const folder = mkdtempSync(join(tmpdir(), "kissbot-games-"));
  const database = join(folder, "kissbot.db");
  const base = `http://127.0.0.1:${sim.port}`;
  let aheadMs: Millis = 0;
  const clock = { ...systemClock, wall: () => Date.now() + aheadMs };
  const usual: GamePapers = {
    language: "french",
    deadlineMs: 5_000,
    steam: { url: `${base}/steam`, country: "FR" },
    rawg: { url: `${base}/rawg`, key: "secret-rawg-key", callsAMonth: 20_000 },
    igdb: { url: `${base}/igdb`, idUrl: `${base}/oauth2`, ...CLIENT },
  };
  const papers: GamePapers = { ...usual, ...wish(usual) };
  const categories: CategoryGames = {
    igdbIdOf: async (id) => ({ is: "looked", value: id === "743" ? 113_112 : undefined }),
  };
  const open = () =>
    openOwner({
      papers,
      database,
      indexFile: join(folder, "games.kbx"),
      categories,
      clock,
      random: () => 0.5,
      log: silentLog,
    });
  let owner = open();
  const ask = async (wanted: GameWanted) => {
    const steps: TraceStep[] = [];
    const end = await owner.find(wanted, (step) => steps.push(step));
    return { end, steps };
  };
  return {
    sim,
    papers,
    database,
    title: async (title: string, year?: number): Promise<GameEnd> =>
      (await ask({ by: "title", title, ...(year !== undefined && { year }) })).end,
    traced: (title: string) => ask({ by: "title", title }),
    category: async (id: string, name: string): Promise<GameEnd> =>
      (await ask({ by: "category", id, name })).end,
    heardHits: (hits: Parameters<typeof owner.heardHits>[0]) => owner.heardHits(hits),
    turn: (service: GameService | "all", fault: GameFault, delayMs = 0) =>
      sim.games.turn({ service, fault, delayMs, callsAMonth: 20_000 }),
    calls: () => {
      const { steam, rawg, igdb } = sim.games.state();
      return { steam: steam.calls.length, rawg: rawg.calls.length, igdb: igdb.calls.length };
    },
    /** Everybody's clock on the wall goes ahead. */
    later(ms: Millis) {
      aheadMs += ms;
    },
    async restart() {
      await owner.close();
      owner = open();
    },
    /** As another process sees it. */
    stored(question: string) {
      const cache = makeGameCache(openDatabase(database));
      try {
        return cache.find(question, clock.wall());
      } finally {
        cache.close();
      }
    },
    use() {
      const cache = makeGameCache(openDatabase(database));
      try {
        return cache.use(clock.wall());
      } finally {
        cache.close();
      }
    },
    async close() {
      await owner.close();
      await sim.stop();
      rmSync(folder, { recursive: true });
    },
  };
}
