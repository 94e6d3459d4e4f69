/** What was learnt and counted, on its way into the database: gathered, written together, and tried again when another process writes. */
import type { CacheWritten, GameCache, GameToStore, MeaningToStore } from "../../db/game-cache.ts";
import type { Clock, Millis } from "../../shared/clock.ts";
import type { GameHits } from "../../shared/ipc/game-words.ts";
import type { Logger } from "../../shared/log.ts";

export interface WriteBehind {
  addGame(game: GameToStore): void;
  addMeaning(meaning: MeaningToStore): void;
  addHits(hits: GameHits): void;
  addCall(source: string): void;
  callsWaiting(source: string): number;
  stop(): void;
}

/** Workers look into the database: what was learnt gets there soon. */
const LEARNT_WITHIN_MS: Millis = 50;
/** Counts are for statistics. */
const COUNTED_WITHIN_MS: Millis = 10_000;
const AGAIN_MS: Millis = 500;
/** What waits for a database that can't be written; past it the oldest is forgotten. */
const WAITING_MAX = 1_000;

export function makeWriteBehind(using: {
  readonly cache: Pick<GameCache, "write">;
  readonly clock: Clock;
  readonly log: Logger;
}): WriteBehind {
  const { cache, clock, log } = using;
  const games = new Map<string, GameToStore>();
  const meanings = new Map<string, MeaningToStore>();
  const hits = new Map<string, number>();
  const calls = new Map<string, number>();
  let misses = 0;
  let due: { readonly at: Millis; cancel(): void } | undefined;
  let lastEnd: CacheWritten["is"] = "written";
  let isStopped = false;

  const writeBy = (inMs: Millis) => {
    const at = clock.now() + inMs;
    if (isStopped || (due && due.at <= at)) return;
    due?.cancel();
    due = { at, cancel: clock.after(inMs, write) };
  };
  const write = () => {
    due?.cancel();
    due = undefined;
    if (games.size + meanings.size + hits.size + calls.size + misses === 0) return;
    const batch = { games: [...games.values()], meanings: [...meanings.values()], hits, misses, calls };
    const written = cache.write(batch, clock.wall());
    if (written.is === "failed" && lastEnd !== "failed")
      log.warn({ problem: written.problem }, "what was learnt of games can't be written down");
    lastEnd = written.is;
    if (written.is !== "written") return writeBy(AGAIN_MS);
    for (const one of [games, meanings, hits, calls]) one.clear();
    misses = 0;
  };
  const put = <T>(map: Map<string, T>, key: string, value: T) => {
    map.delete(key);
    map.set(key, value);
    const [oldest] = map.keys();
    if (map.size > WAITING_MAX && oldest !== undefined) map.delete(oldest);
  };
  const add = (map: Map<string, number>, key: string, more: number) =>
    put(map, key, (map.get(key) ?? 0) + more);

  return {
    addGame(game) {
      put(games, game.key, game);
      writeBy(LEARNT_WITHIN_MS);
    },
    addMeaning(meaning) {
      put(meanings, meaning.question, meaning);
      writeBy(LEARNT_WITHIN_MS);
    },
    addHits(heard) {
      for (const { key, count } of heard.hits) add(hits, key, count);
      misses += heard.misses;
      writeBy(COUNTED_WITHIN_MS);
    },
    addCall(source) {
      add(calls, source, 1);
      writeBy(COUNTED_WITHIN_MS);
    },
    callsWaiting: (source) => calls.get(source) ?? 0,
    stop() {
      isStopped = true;
      write();
      due?.cancel();
    },
  };
}
