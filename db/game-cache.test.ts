import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { GameFacts } from "../shared/games/game-facts.ts";
import { hades } from "../tests/support/memory-games.ts";
import { type GameCache, type GameCacheBatch, makeGameCache } from "./game-cache.ts";
import { openGameCacheReader } from "./game-cache-reader.ts";
import { openDatabase } from "./open.ts";

const NOW = Date.UTC(2026, 5, 1);
const DAY = 86_400_000;

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "kissbot-game-cache-"));
  file = join(folder, "kissbot.db");
});
afterEach(() => rmSync(folder, { recursive: true }));

const batch = (parts: Partial<GameCacheBatch>): GameCacheBatch => ({
  games: [],
  meanings: [],
  hits: new Map(),
  misses: 0,
  calls: new Map(),
  ...parts,
});
const game = (facts: GameFacts, more = {}) => ({
  key: "hades (2020)",
  facts,
  fetchedAt: NOW,
  freshUntil: NOW + DAY,
  expiresAt: NOW + 2 * DAY,
  ...more,
});
const meant = (question: string, key = "hades (2020)") =>
  ({ question, meant: "game", key, expiresAt: NOW + 2 * DAY }) as const;

function withCache<T>(use: (cache: GameCache) => T): T {
  const cache = makeGameCache(openDatabase(file));
  try {
    return use(cache);
  } finally {
    cache.close();
  }
}
const read = (question: string, now = NOW) => {
  const reader = openGameCacheReader(file);
  try {
    return reader.find(question, now);
  } finally {
    reader.close();
  }
};

describe("what is written is read", () => {
  test("a game, by every question that means it; and all of them have the new facts", () => {
    withCache((cache) => {
      cache.write(batch({ games: [game(hades)], meanings: [meant("hades"), meant("hadès game")] }), NOW);
      expect(read("hades")).toEqual({ is: "game", key: "hades (2020)", facts: hades, freshUntil: NOW + DAY });
      cache.write(batch({ games: [game({ ...hades, metacritic: 99 })] }), NOW);
    });
    for (const question of ["hades", "hadès game"])
      expect(read(question)).toMatchObject({ facts: { metacritic: 99 } });
  });
  test("several, and nothing; and what it means later takes the place", () => {
    const options = [
      { name: "Prey", year: 2017 },
      { name: "Prey", year: 2006 },
    ];
    withCache((cache) => {
      const expiresAt = NOW + DAY;
      cache.write(
        batch({
          meanings: [
            { question: "prey", meant: "several", options, expiresAt },
            { question: "x", meant: "nothing", expiresAt },
          ],
        }),
        NOW,
      );
      expect(read("prey")).toEqual({ is: "several", options });
      expect(read("x")).toEqual({ is: "nothing" });
      cache.write(batch({ games: [game(hades)], meanings: [meant("x")] }), NOW);
      expect(read("x")).toMatchObject({ is: "game" });
    });
  });
  test("what has expired is not found, whoever asks and however", () => {
    withCache((cache) => {
      cache.write(batch({ games: [game(hades)], meanings: [meant("hades")] }), NOW);
      expect(cache.find("hades", NOW + 2 * DAY)).toEqual({ is: "unknown" });
      expect(cache.findByKey("hades (2020)", NOW + 2 * DAY)).toBeUndefined();
    });
    expect(read("hades", NOW + 2 * DAY - 1).is).toBe("game");
    expect(read("hades", NOW + 2 * DAY).is).toBe("unknown");
  });
  test("what another version wrote is not found", () => {
    withCache((cache) => cache.write(batch({ games: [game(hades)], meanings: [meant("hades")] }), NOW));
    const db = new Database(file);
    db.exec("UPDATE game_questions SET shape = 99");
    db.close();
    expect(read("hades").is).toBe("unknown");
  });
  test("a meaning of a game that is not there is left out", () => {
    withCache((cache) =>
      expect(cache.write(batch({ meanings: [meant("hades")] }), NOW)).toEqual({ is: "written" }),
    );
    expect(read("hades").is).toBe("unknown");
  });
  test("counts: hits, misses, and calls by the month", () => {
    withCache((cache) => {
      cache.write(batch({ games: [game(hades)], meanings: [meant("hades")] }), NOW);
      cache.write(
        batch({
          hits: new Map([
            ["hades (2020)", 3],
            ["gone", 1],
          ]),
          misses: 2,
          calls: new Map([["rawg", 5]]),
        }),
        NOW,
      );
      cache.write(batch({ calls: new Map([["rawg", 2]]) }), NOW);
      expect(cache.use(NOW)).toEqual({ entries: 1, hits: 4, misses: 2, top: { name: "Hades", hits: 3 } });
      expect(cache.callsOf("rawg", NOW)).toBe(7);
      expect(cache.callsOf("rawg", NOW + 31 * DAY)).toBe(0);
    });
  });
});

describe("a database that can't be had", () => {
  const PATIENCE_MS = 200;
  const quickly = (question: string) => {
    const from = performance.now();
    const answer = read(question);
    expect(performance.now() - from).toBeLessThan(PATIENCE_MS);
    return answer.is;
  };
  test("is not there yet", () => expect(quickly("hades")).toBe("unknown"));
  test("is none", () => {
    writeFileSync(file, "this is no database, and long enough to be read as one".repeat(100));
    expect(quickly("hades")).toBe("unknown");
  });
  test("is from before these tables", () => {
    new Database(file).exec("CREATE TABLE other (x)").close();
    expect(quickly("hades")).toBe("unknown");
  });
  test("is locked for all: readers know nothing, the writer is told, and both work again afterwards", () => {
    withCache((cache) => cache.write(batch({ games: [game(hades)], meanings: [meant("hades")] }), NOW));
    const other = new Database(file);
    other.pragma("locking_mode = EXCLUSIVE");
    other.exec("BEGIN EXCLUSIVE; CREATE TABLE x (y)");
    expect(quickly("hades")).toBe("unknown");
    other.exec("ROLLBACK");
    other.close();
    expect(quickly("hades")).toBe("game");
  });
  test("is being written by another: busy, at once", () => {
    withCache((cache) => {
      const other = new Database(file);
      other.exec("BEGIN IMMEDIATE");
      const from = performance.now();
      expect(cache.write(batch({ games: [game(hades)] }), NOW)).toEqual({ is: "busy" });
      expect(performance.now() - from).toBeLessThan(PATIENCE_MS);
      other.exec("ROLLBACK");
      other.close();
      expect(cache.write(batch({ games: [game(hades)] }), NOW)).toEqual({ is: "written" });
    });
  });
});
