/** The house's memory of games: written by the hub alone, in batches that wait for nobody. */
import type { Millis } from "../shared/clock.ts";
import { toError } from "../shared/errors.ts";
import type { GameFacts, GameOption } from "../shared/games/game-facts.ts";
import { type GameCacheReader, prepareReads } from "./game-cache-reader.ts";
import type { Db } from "./open.ts";
import { ANSWER_SHAPE, writeGame, writeOptions } from "./stored-answer.ts";

export interface GameToStore {
  readonly key: string;
  readonly facts: GameFacts;
  readonly fetchedAt: Millis;
  readonly freshUntil: Millis;
  readonly expiresAt: Millis;
}

/** What a question meant. */
export type MeaningToStore = {
  readonly question: string;
  readonly expiresAt: Millis;
} /** Of a game that is in the same batch, or stored already. */ & (
  | { readonly meant: "game"; readonly key: string }
  | { readonly meant: "several"; readonly options: readonly GameOption[] }
  | { readonly meant: "nothing" }
);

export interface GameCacheBatch {
  readonly games: readonly GameToStore[];
  readonly meanings: readonly MeaningToStore[];
  readonly hits: ReadonlyMap<string, number>;
  readonly misses: number;
  /** Calls made since the last batch, by source. */
  readonly calls: ReadonlyMap<string, number>;
}

export type CacheWritten =
  | { readonly is: "written" }
  /** Another process writes at this moment. */
  | { readonly is: "busy" }
  | { readonly is: "failed"; readonly problem: string };

export interface GameCache extends GameCacheReader {
  /** All of it or nothing. */
  write(batch: GameCacheBatch, now: Millis): CacheWritten;
  /** Of this month so far. */
  callsOf(source: string, now: Millis): number;
}

/** Kept at most: the least asked go first. */
export const GAMES_KEPT_MAX = 20_000;
const QUESTIONS_KEPT_MAX = 100_000;
/** What has expired is not found; it is removed now and then. */
const WRITES_A_SWEEP = 50;
/** The hub's loop waits no longer for another's transaction. */
const WRITE_WAIT_MS: Millis = 15;

/** `db`: a connection of its own, whose patience is set here. */
export function makeGameCache(db: Db): GameCache {
  db.pragma(`busy_timeout = ${WRITE_WAIT_MS}`);
  const reads = prepareReads(db);
  const write = prepareWrites(db);
  const calls = db.prepare<[string, string], { calls: number }>(
    "SELECT calls FROM game_source_calls WHERE source = ? AND month = ?",
  );
  const tryTo = <T>(read: () => T, otherwise: T): T => {
    try {
      return read();
    } catch {
      return otherwise;
    }
  };
  return {
    find: (question, now) => tryTo(() => reads.find(question, now), { is: "unknown" }),
    findByKey: (key, now) => tryTo(() => reads.findByKey(key, now), undefined),
    use: (now) => tryTo(() => reads.use(now), undefined),
    callsOf: (source, now) => tryTo(() => calls.get(source, toMonth(now))?.calls ?? 0, 0),
    write(batch, now) {
      try {
        write(batch, now);
        return { is: "written" };
      } catch (thrown) {
        const problem = toError(thrown);
        const isBusy = "code" in problem && String(problem.code).startsWith("SQLITE_BUSY");
        return isBusy ? { is: "busy" } : { is: "failed", problem: problem.message };
      }
    },
    close: () => db.close(),
  };
}

const toMonth = (now: Millis): string => new Date(now).toISOString().slice(0, 7);

const TAKE_OVER = ["meant", "key", "answer", "shape", "fresh_until", "expires_at"]
  .map((column) => `${column} = excluded.${column}`)
  .join(", ");

function prepareWrites(db: Db) {
  const putGame = db.prepare(
    `INSERT INTO game_cache (key, name, facts, shape, reliability, igdb_id, fetched_at, fresh_until, expires_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (key) DO UPDATE SET name = excluded.name, facts = excluded.facts, shape = excluded.shape,
       reliability = excluded.reliability, igdb_id = excluded.igdb_id, fetched_at = excluded.fetched_at,
       fresh_until = excluded.fresh_until, expires_at = excluded.expires_at`,
  );
  /** Every question that means this game has the new answer. */
  const spread = db.prepare(
    "UPDATE game_questions SET answer = ?, shape = ?, fresh_until = ?, expires_at = ? WHERE key = ?",
  );
  const putGameQuestion = db.prepare(
    `INSERT INTO game_questions (question, meant, key, answer, shape, fresh_until, expires_at)
     SELECT ?, 'game', key, facts, shape, fresh_until, expires_at FROM game_cache WHERE key = ?
     ON CONFLICT (question) DO UPDATE SET ${TAKE_OVER}`,
  );
  const putMeaning = db.prepare(
    `INSERT INTO game_questions (question, meant, key, answer, shape, fresh_until, expires_at)
     VALUES (?, ?, NULL, ?, ?, ?, ?) ON CONFLICT (question) DO UPDATE SET ${TAKE_OVER}`,
  );
  const addHits = db.prepare("UPDATE game_cache SET hits = hits + ?, last_hit_at = ? WHERE key = ?");
  const addUse = db.prepare("UPDATE game_cache_use SET hits = hits + ?, misses = misses + ?");
  const addCalls = db.prepare(
    `INSERT INTO game_source_calls (source, month, calls) VALUES (?, ?, ?)
     ON CONFLICT (source, month) DO UPDATE SET calls = calls + excluded.calls`,
  );
  const dropGames = db.prepare("DELETE FROM game_cache WHERE expires_at <= ?");
  const dropQuestions = db.prepare("DELETE FROM game_questions WHERE expires_at <= ?");
  const dropSurplusGames = db.prepare(
    `DELETE FROM game_cache WHERE key IN (SELECT key FROM game_cache
     ORDER BY hits DESC, fetched_at DESC LIMIT -1 OFFSET ${GAMES_KEPT_MAX})`,
  );
  const dropSurplusQuestions = db.prepare(
    `DELETE FROM game_questions WHERE question IN (SELECT question FROM game_questions
     ORDER BY expires_at DESC LIMIT -1 OFFSET ${QUESTIONS_KEPT_MAX})`,
  );
  let writes = 0;
  const all = db.transaction(({ games, meanings, hits, misses, calls }: GameCacheBatch, now: Millis) => {
    for (const game of games) {
      const { key, facts } = game;
      const [fetchedAt, freshUntil, expiresAt] = [
        Math.round(game.fetchedAt),
        Math.round(game.freshUntil),
        Math.round(game.expiresAt),
      ];
      const text = writeGame({ key, facts, freshUntil });
      const igdbId = facts.ids.igdb ?? null;
      putGame.run(
        key,
        facts.name,
        text,
        ANSWER_SHAPE,
        facts.reliability,
        igdbId,
        fetchedAt,
        freshUntil,
        expiresAt,
      );
      spread.run(text, ANSWER_SHAPE, freshUntil, expiresAt, key);
    }
    for (const one of meanings) {
      if (one.meant === "game") {
        putGameQuestion.run(one.question, one.key);
        continue;
      }
      const answer = one.meant === "several" ? writeOptions(one.options) : null;
      const until = Math.round(one.expiresAt);
      putMeaning.run(one.question, one.meant, answer, ANSWER_SHAPE, until, until);
    }
    let count = 0;
    for (const [key, more] of hits) {
      addHits.run(more, Math.round(now), key);
      count += more;
    }
    if (count > 0 || misses > 0) addUse.run(count, misses);
    for (const [source, more] of calls) addCalls.run(source, toMonth(now), more);
    if (games.length === 0 && meanings.length === 0) return;
    if (writes++ % WRITES_A_SWEEP !== 0) return;
    for (const drop of [dropGames, dropQuestions]) drop.run(now);
    for (const drop of [dropSurplusGames, dropSurplusQuestions]) drop.run();
  });
  return (batch: GameCacheBatch, now: Millis) => all.immediate(batch, now);
}
