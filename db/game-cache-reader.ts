/** What the sources of games answered, as it stands in the house's database. Workers only read, and wait for nobody. */
import { existsSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type BetterSqlite3 from "better-sqlite3";
import type { Millis } from "../shared/clock.ts";
import type { Db } from "./open.ts";
import { makeReadsOfATurn } from "./reads-of-a-turn.ts";
import { ANSWER_SHAPE, readAnswer, type StoredAnswer, type StoredGame } from "./stored-answer.ts";

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

const require = createRequire(import.meta.url);

/** Loading SQLite, piece by piece, for a loop that has something to do between. */
export function sqlitePieces(): readonly (() => void)[] {
  return [
    ...filesOfSqlite().map((file) => () => void require(file)),
    () => void requireSqlite(),
    // The library is linked with the first database that is opened.
    () => void new (requireSqlite())(":memory:").close(),
  ];
}

/** Most of what loading it takes is a dozen small files, which may come one by one. Another version may have others. */
function filesOfSqlite(): readonly string[] {
  const lib = dirname(require.resolve("better-sqlite3"));
  return ["util.js", "sqlite-error.js", "methods"].flatMap((name) => {
    const path = join(lib, name);
    if (!existsSync(path)) return [];
    return name.endsWith(".js") ? [path] : readdirSync(path).map((file) => join(path, file));
  });
}

const requireSqlite = (): typeof BetterSqlite3 => require("better-sqlite3");

function openReader(file: string) {
  const Database = requireSqlite();
  const db = new Database(file, { readonly: true, fileMustExist: true, timeout: READ_WAIT_MS });
  db.pragma("query_only = ON");
  db.pragma("cache_size = -512");
  db.pragma(`mmap_size = ${MAPPED_BYTES}`);
  const reads = prepareReads(db);
  const turn = makeReadsOfATurn(db, setImmediate);
  return {
    ...reads,
    find(question: string, now: Millis) {
      turn.begin(now);
      return reads.find(question, now);
    },
    close: () => db.close(),
  };
}

export function prepareReads(db: Db) {
  // One column, and without an object for it: an object would take a tenth of the way.
  const select = db
    .prepare<[string, number], string | null>(
      `SELECT answer FROM game_questions WHERE question = ? AND expires_at > ? AND shape = ${ANSWER_SHAPE}`,
    )
    .pluck();
  const selectKey = db
    .prepare<[string, number], string>(
      `SELECT facts FROM game_cache WHERE key = ? AND expires_at > ? AND shape = ${ANSWER_SHAPE}`,
    )
    .pluck();
  const countUse = db.prepare<[number], { entries: number; hits: number; misses: number }>(
    "SELECT (SELECT count(*) FROM game_cache WHERE expires_at > ?) AS entries, hits, misses FROM game_cache_use",
  );
  const selectTop = db.prepare<[number], { name: string; hits: number }>(
    "SELECT name, hits FROM game_cache WHERE expires_at > ? AND hits > 0 ORDER BY hits DESC LIMIT 1",
  );
  return {
    /** @throws when the database can't be read */
    find(question: string, now: Millis): StoredAnswer {
      const answer = select.get(question, now);
      if (answer === undefined) return { is: "unknown" };
      return answer === null ? { is: "nothing" } : readAnswer(answer);
    },
    findByKey(key: string, now: Millis): StoredGame | undefined {
      const text = selectKey.get(key, now);
      const answer = text === undefined ? undefined : readAnswer(text);
      return answer?.is === "game" ? answer : undefined;
    },
    use(now: Millis): CacheUse | undefined {
      const counts = countUse.get(now);
      return counts && { ...counts, top: selectTop.get(now) };
    },
  };
}
