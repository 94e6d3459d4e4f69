/** What the sources of games answered, as it stands in the house's database. Workers only read, and wait for nobody. */
import { createRequire } from "node:module";
import type BetterSqlite3 from "better-sqlite3";
import type { Millis } from "../shared/clock.ts";
import type { GameFacts, GameOption } from "../shared/games/game-facts.ts";
import type { Db } from "./open.ts";

export interface StoredGame {
  readonly key: string;
  readonly facts: GameFacts;
  /** Wall time; past it, it should be asked anew. */
  readonly freshUntil: Millis;
}

export type StoredAnswer =
  | ({ readonly is: "game" } & StoredGame)
  | { readonly is: "several"; readonly options: readonly GameOption[] }
  | { readonly is: "nothing" }
  | { readonly is: "unknown" };

export interface GameCacheReader {
  /** `unknown` also while the database is locked, or not there yet. */
  find(question: string, now: Millis): StoredAnswer;
  /** The same game under its own key. */
  findByKey(key: string, now: Millis): StoredGame | undefined;
  /** undefined: the database can't be read at this moment. */
  use(now: Millis): CacheUse | undefined;
  close(): void;
}

export interface CacheUse {
  readonly entries: number;
  readonly hits: number;
  readonly misses: number;
  readonly top: { readonly name: string; readonly hits: number } | undefined;
}

/** A read waits for nobody: writers don't hinder it, and for whoever locks all there is the hub. */
const READ_WAIT_MS: Millis = 5;
const MAPPED_BYTES = 268_435_456;

/** A connection that can't write. Until the database is there, everything is unknown. */
export function openGameCacheReader(file: string): GameCacheReader {
  let opened: ReturnType<typeof openReader> | undefined;
  const tryTo = <T>(read: (reader: ReturnType<typeof openReader>) => T, otherwise: T): T => {
    try {
      opened ??= openReader(file);
      return read(opened);
    } catch {
      // Not there yet, from before these tables, locked, or another one in its place: the next read opens it anew.
      opened?.close();
      opened = undefined;
      return otherwise;
    }
  };
  return {
    find: (question, now) => tryTo((reader) => reader.find(question, now), { is: "unknown" }),
    findByKey: (key, now) => tryTo((reader) => reader.findByKey(key, now), undefined),
    use: (now) => tryTo((reader) => reader.use(now), undefined),
    close() {
      opened?.close();
      opened = undefined;
    },
  };
}

function openReader(file: string) {
  const Database: typeof BetterSqlite3 = createRequire(import.meta.url)("better-sqlite3");
  const db = new Database(file, { readonly: true, fileMustExist: true, timeout: READ_WAIT_MS });
  db.pragma("query_only = ON");
  db.pragma("cache_size = -512");
  db.pragma(`mmap_size = ${MAPPED_BYTES}`);
  return { ...prepareReads(db), close: () => db.close() };
}

interface QuestionRow {
  readonly meant: string;
  readonly key: string | null;
  readonly answer: string | null;
  readonly fresh_until: number;
}

/**
 * Which version of GameFacts and GameOption is stored: a change of theirs counts it up, and what was stored before is
 * asked anew. Rows are written by the hub from what has passed those schemas, so that a reader need not check each
 * field again, which would cost as much as finding the row.
 */
export const FACTS_SHAPE = 1;

export function prepareReads(db: Db) {
  const select = db.prepare<[string, number, number], QuestionRow>(
    "SELECT meant, key, answer, fresh_until FROM game_questions WHERE question = ? AND expires_at > ? AND shape = ?",
  );
  const selectKey = db.prepare<
    [string, number, number],
    { readonly facts: string; readonly fresh_until: number }
  >("SELECT facts, fresh_until FROM game_cache WHERE key = ? AND expires_at > ? AND shape = ?");
  const countUse = db.prepare<[number], { entries: number; hits: number; misses: number }>(
    "SELECT (SELECT count(*) FROM game_cache WHERE expires_at > ?) AS entries, hits, misses FROM game_cache_use",
  );
  const selectTop = db.prepare<[number], { name: string; hits: number }>(
    "SELECT name, hits FROM game_cache WHERE expires_at > ? AND hits > 0 ORDER BY hits DESC LIMIT 1",
  );
  return {
    /** @throws when the database can't be read, or holds what is no JSON */
    find(question: string, now: Millis): StoredAnswer {
      const row = select.get(question, now, FACTS_SHAPE);
      return row === undefined ? { is: "unknown" } : toStored(row);
    },
    findByKey(key: string, now: Millis): StoredGame | undefined {
      const row = selectKey.get(key, now, FACTS_SHAPE);
      return row && { key, facts: JSON.parse(row.facts) as GameFacts, freshUntil: row.fresh_until };
    },
    use(now: Millis): CacheUse | undefined {
      const counts = countUse.get(now);
      return counts && { ...counts, top: selectTop.get(now) };
    },
  };
}

function toStored({ meant, key, answer, fresh_until: freshUntil }: QuestionRow): StoredAnswer {
  if (answer === null) return { is: "nothing" };
  if (meant === "several") return { is: "several", options: JSON.parse(answer) as GameOption[] };
  return key === null
    ? { is: "unknown" }
    : { is: "game", key, facts: JSON.parse(answer) as GameFacts, freshUntil };
}
