import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import Database from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { hades } from "../tests/support/memory-games.ts";
import { makeGameCache } from "./game-cache.ts";
import { type GameCacheReader, openGameCacheReader } from "./game-cache-reader.ts";
import { type Db, openDatabase } from "./open.ts";
import { makeReadsOfATurn, READS_A_TRANSACTION_MAX } from "./reads-of-a-turn.ts";

let folder: string;
let file: string;
let writer: Db;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "kissbot-reads-"));
  file = join(folder, "kissbot.db");
  writer = openDatabase(file);
});
afterEach(() => {
  writer.close();
  rmSync(folder, { recursive: true });
});

const checkpoint = (db: Db): unknown => db.pragma("wal_checkpoint(TRUNCATE)", { simple: true });
const [DONE, BUSY] = [0, 1];

describe("on a table of its own", () => {
  let reader: Db;
  let endTurn: () => void;
  let read: (at?: number) => unknown;
  beforeEach(() => {
    writer.exec("CREATE TABLE counted (n INTEGER); INSERT INTO counted VALUES (1)");
    writer.pragma("busy_timeout = 0");
    reader = new Database(file, { readonly: true });
    const ends: (() => void)[] = [];
    endTurn = () => ends.splice(0).forEach((end) => void end());
    const reads = makeReadsOfATurn(reader, (end) => void ends.push(end));
    const select = reader.prepare("SELECT n FROM counted").pluck();
    read = (at = 0) => {
      reads.begin(at);
      return select.get();
    };
  });
  afterEach(() => reader.close());
  const write = (n: number) => writer.prepare("UPDATE counted SET n = ?").run(n);

  test("reads at different times leave nothing open, and each sees what was written since", () => {
    for (const at of [1, 2, 3, 7]) {
      write(at);
      expect([read(at), reader.inTransaction, checkpoint(writer)]).toEqual([at, false, DONE]);
    }
  });

  test("one read leaves nothing open, and the next of the same instant sees what was written since", () => {
    expect([read(), reader.inTransaction]).toEqual([1, false]);
    write(2);
    expect(checkpoint(writer)).toBe(DONE);
    expect([read(), reader.inTransaction]).toEqual([2, true]);
  });

  test("from the second on they see the same until the turn ends, and a checkpoint has its way then", () => {
    read();
    read();
    write(2);
    expect([read(), checkpoint(writer)]).toEqual([1, BUSY]);
    endTurn();
    expect([checkpoint(writer), read()]).toEqual([DONE, 2]);
    expect([read(1), reader.inTransaction]).toEqual([2, false]);
  });

  test("a turn that does not end sees what is new all the same, after so many", () => {
    read();
    read();
    write(2);
    const seen = Array.from({ length: READS_A_TRANSACTION_MAX }, () => read());
    expect([seen[0], seen.at(-1), seen.filter((n) => n === 1).length]).toEqual([
      1,
      2,
      READS_A_TRANSACTION_MAX - 1,
    ]);
    endTurn();
    expect(reader.inTransaction).toBe(false);
  });

  test("a connection that was closed meanwhile is left alone", () => {
    read();
    read();
    reader.close();
    expect(endTurn).not.toThrow();
  });
});

describe("the reader of games", () => {
  const NOW = Date.UTC(2026, 5, 1);
  const key = "hades (2020)";
  const put = (metacritic: number) =>
    makeGameCache(writer).write(
      {
        games: [
          { key, facts: { ...hades, metacritic }, fetchedAt: NOW, freshUntil: NOW + 1, expiresAt: NOW + 2 },
        ],
        meanings: [{ question: "hades", meant: "game", key, expiresAt: NOW + 2 }],
        hits: new Map(),
        misses: 0,
        calls: new Map(),
      },
      NOW,
    );
  const found = (reader: GameCacheReader) => {
    const answer = reader.find("hades", NOW);
    return answer.is === "game" ? answer.facts.metacritic : answer.is;
  };
  const checkpointElsewhere = (): number =>
    Number(
      execFileSync(process.execPath, [
        "-e",
        `const db = new (require("better-sqlite3"))(${JSON.stringify(file)}, { timeout: 0 });
         console.log(db.pragma("wal_checkpoint(TRUNCATE)", { simple: true }));`,
      ]),
    );

  test("sees in its next turn what was written, and another process's checkpoint waits no longer than that", async () => {
    put(1);
    const reader = openGameCacheReader(file);
    try {
      expect([found(reader), found(reader)]).toEqual([1, 1]);
      put(2);
      expect([found(reader), checkpointElsewhere()]).toEqual([1, BUSY]);
      await nextTurn();
      expect([checkpointElsewhere(), found(reader)]).toEqual([DONE, 2]);
    } finally {
      reader.close();
    }
  });
});
