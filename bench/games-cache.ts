/** What an answer about a game costs that is at hand: a row of the database with its parsing, and the worker's memory. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { percentile } from "../cli/trial/percentile.ts";
import { makeGameCache } from "../db/game-cache.ts";
import { openGameCacheReader } from "../db/game-cache-reader.ts";
import { openDatabase } from "../db/open.ts";
import { writeGame } from "../db/stored-answer.ts";
import { systemClock } from "../shared/clock.ts";
import type { GameFacts } from "../shared/games/game-facts.ts";
import { makeGameShelf } from "../worker/providers/games/game-shelf.ts";

export interface LevelTimes {
  readonly p50Us: number;
  readonly p99Us: number;
  /** One process, one after another. */
  readonly perSecond: number;
}

export interface CacheTimes {
  readonly games: number;
  readonly answerBytes: number;
  /** One after another: they share read transactions. */
  readonly database: LevelTimes;
  /** Each in a turn of the loop of its own, as in a quiet chat. */
  readonly aloneP50Us: number;
  readonly memory: LevelTimes;
}

const AT_HAND = 200;
const WARM_UP = 5_000;
const ALONE_MAX = 20_000;
const US_PER_MS = 1_000;
const MS_PER_S = 1_000;
/** One look-up in memory is shorter than the clock's grain. */
const MEMORY_BATCH = 50;
/** Times are those of the quietest, because a machine has other work, too. */
export const PASSES = 3;

export async function measureGameCache(wish: {
  readonly games: number;
  readonly lookUps: number;
}): Promise<CacheTimes> {
  const folder = mkdtempSync(join(tmpdir(), "kissbot-bench-games-"));
  const file = join(folder, "kissbot.db");
  const now = Date.now();
  try {
    fill(file, wish.games, now);
    const reader = openGameCacheReader(file);
    const shelf = makeGameShelf({ reader, clock: systemClock, tell: () => "sent" });
    // Different games in sequence, in no order of the database.
    const questions = Array.from({ length: wish.games }, (_, n) => nameOf((n * 7_919) % wish.games));
    const question = (n: number) => questions[n % wish.games] ?? "";
    const database = measure(wish.lookUps, 1, (n) => mustFind(reader.find(question(n), now).is === "game"));
    const aloneP50Us = await measureAlone(Math.min(ALONE_MAX, wish.lookUps), (n) =>
      mustFind(reader.find(question(n), now + n).is === "game"),
    );
    for (let n = 0; n < AT_HAND; n += 1) shelf.find(question(n));
    const memory = measure(wish.lookUps, MEMORY_BATCH, (n) =>
      mustFind(shelf.find(question(n % AT_HAND))?.from === "memory"),
    );
    shelf.close();
    return {
      games: wish.games,
      answerBytes: writeGame({ key: nameOf(1), facts: factsOf(1), freshUntil: now }).length,
      database,
      aloneP50Us,
      memory,
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function mustFind(isFound: boolean): void {
  if (!isFound) throw new Error("a game that was stored is not found");
}

function measure(lookUps: number, batch: number, look: (n: number) => void): LevelTimes {
  for (let n = 0; n < WARM_UP; n += 1) look(n);
  const passes = Array.from({ length: PASSES }, () => measurePass(lookUps, batch, look));
  return passes.reduce((best, one) => (one.p50Us < best.p50Us ? one : best));
}

async function measureAlone(lookUps: number, look: (n: number) => void): Promise<number> {
  const times: number[] = [];
  for (let n = 0; n < lookUps; n += 1) {
    await nextTurn();
    const from = performance.now();
    look(n);
    times.push((performance.now() - from) * US_PER_MS);
  }
  return percentile(times, 0.5) ?? 0;
}

function measurePass(lookUps: number, batch: number, look: (n: number) => void): LevelTimes {
  const times: number[] = [];
  const beganAt = performance.now();
  for (let n = 0; n < lookUps; n += batch) {
    const from = performance.now();
    for (let at = 0; at < batch; at += 1) look(n + at);
    times.push(((performance.now() - from) * US_PER_MS) / batch);
  }
  const tookMs = performance.now() - beganAt;
  const p = (share: number) => percentile(times, share) ?? 0;
  return { p50Us: p(0.5), p99Us: p(0.99), perSecond: (lookUps / tookMs) * MS_PER_S };
}

const nameOf = (n: number): string => `game number ${n}`;

const factsOf = (n: number): GameFacts => ({
  name: nameOf(n),
  year: 2020,
  isEarlyAccess: false,
  developers: [`Studio ${n}`],
  publishers: [`Studio ${n}`, "Private Division"],
  platforms: ["PC", "Mac", "Switch", "PS5", "Xbox Series"],
  genres: ["Action", "Indie", "RPG"],
  summary: "Defy the god of the dead as you hack and slash out of the Underworld in this rogue-like. ".repeat(
    6,
  ),
  metacritic: 93,
  rating: 4.4,
  playtimeHours: 22,
  ids: { igdb: n + 1, steam: n + 1, rawg: n + 1 },
  sources: ["igdb", "steam", "rawg"],
  reliability: 0.98,
  certainty: "HIGH",
});

const BATCH = 1_000;

function fill(file: string, games: number, now: number): void {
  const db = openDatabase(file);
  const cache = makeGameCache(db);
  for (let from = 0; from < games; from += BATCH) {
    const names = Array.from({ length: Math.min(BATCH, games - from) }, (_, at) => from + at);
    const later = now + 1_000_000_000;
    const written = cache.write(
      {
        games: names.map((n) => ({
          key: nameOf(n),
          facts: factsOf(n),
          fetchedAt: now,
          freshUntil: later,
          expiresAt: later,
        })),
        meanings: names.map((n) => ({
          question: nameOf(n),
          meant: "game",
          key: nameOf(n),
          expiresAt: later,
        })),
        hits: new Map(),
        misses: 0,
        calls: new Map(),
      },
      now,
    );
    if (written.is !== "written") throw new Error(`the database could not be filled: ${written.is}`);
  }
  cache.close();
}
