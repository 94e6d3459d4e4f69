/** The hub's owner of games and the services it asks: what they may do wrong, and that nobody notices more of it than must be. */
import Database from "better-sqlite3";
import { afterEach, describe, expect, test } from "vitest";
import { GAME_FAULTS, type GameFault } from "../../sim/games/knobs.ts";
import { type GameTown, openGameTown } from "../support/game-town.ts";

let town: GameTown;
afterEach(() => town.close());

const DAY_MS = 86_400_000;

const sourcesOf = (end: Awaited<ReturnType<GameTown["title"]>>) =>
  end.is === "found" ? [...end.facts.sources] : end.is;

describe("one source does wrong, the others answer", () => {
  const failures: readonly [GameFault, RegExp][] = [
    ["down", /server-error/],
    ["rate-limited", /rate-limited/],
    ["unauthorised", /unauthorised/],
    ["html", /not-json/],
    ["null", /unknown-shape/],
    ["truncated", /not-json/],
    ["wrong-types", /unknown-shape/],
    ["huge", /too-large/],
    ["endless", /too-slow/],
    ["hang", /too-slow/],
    ["reset", /unreachable/],
  ];
  test("every fault of the simulator has its row here", () => {
    const told = failures.map(([fault]) => fault);
    expect(GAME_FAULTS.filter((fault) => !["none", "empty", ...told].includes(fault))).toEqual([]);
    return openTown();
  });
  /** Only what hangs takes its time; the others have all they need on a busy machine. */
  const openTown = async (fault?: GameFault) => {
    const deadlineMs = fault === "hang" || fault === "endless" ? 1_500 : 5_000;
    town = await openGameTown(() => ({ deadlineMs }));
  };

  test.each(failures)("Steam: %s", async (fault, because) => {
    await openTown(fault);
    town.turn("steam", fault);
    const { end, steps } = await town.traced("hades");
    expect(sourcesOf(end)).toEqual(["igdb", "rawg"]);
    expect(steps.find(({ step }) => step === "steam search")?.ended).toMatch(because);
  });
  test.each(failures)("IGDB: %s", async (fault, because) => {
    await openTown(fault);
    town.turn("igdb", fault);
    const { end, steps } = await town.traced("hades");
    expect(sourcesOf(end)).toEqual(["steam", "rawg"]);
    expect(steps.find(({ step }) => step === "igdb search")?.ended).toMatch(because);
  });
});

describe("all sources do wrong", () => {
  test("nothing is known, and nothing is remembered of it", async () => {
    town = await openGameTown();
    town.turn("all", "down");
    expect(await town.title("hades")).toMatchObject({
      is: "away",
      detail: expect.stringMatching(/steam server-error/),
    });
    town.turn("all", "none");
    expect(sourcesOf(await town.title("hades"))).toEqual(["igdb", "steam", "rawg"]);
  });
  test("slow ones are waited for until the deadline, together", async () => {
    town = await openGameTown(() => ({ deadlineMs: 300 }));
    town.turn("all", "none", 5_000);
    const beganAt = performance.now();
    expect((await town.title("hades")).is).toBe("away");
    expect(performance.now() - beganAt).toBeLessThan(2_000);
  });
  test("none is configured", async () => {
    town = await openGameTown(() => ({ steam: undefined, rawg: undefined, igdb: undefined }));
    expect(await town.title("hades")).toEqual({ is: "away", detail: "no source of games is configured" });
  });
  test("no secret stands in what is said of it", async () => {
    town = await openGameTown();
    town.turn("all", "reset");
    expect(JSON.stringify(await town.traced("hades"))).not.toContain("secret-rawg-key");
  });
});

describe("what is remembered", () => {
  test("a question that many have at once is asked once", async () => {
    town = await openGameTown();
    const ends = await Promise.all(Array.from({ length: 20 }, () => town.title("Hades")));
    expect(new Set(ends.map((end) => JSON.stringify(end))).size).toBe(1);
    expect(town.calls()).toEqual({ steam: 2, rawg: 2, igdb: 1 });
  });
  test("an answer survives a restart, and is there for readers", async () => {
    town = await openGameTown();
    await town.title("hades");
    await town.restart();
    const before = town.calls();
    expect(sourcesOf(await town.title("HADES!"))).toEqual(["igdb", "steam", "rawg"]);
    expect(town.calls()).toEqual(before);
    expect(town.stored("hades")).toMatchObject({ is: "game", key: "hades (2020)" });
  });
  test("past its time it is told at once and asked anew behind it", async () => {
    town = await openGameTown();
    await town.title("hades");
    town.later(200 * DAY_MS);
    const before = town.calls();
    expect(await town.title("hades")).toMatchObject({ is: "found", isStale: true });
    await expect.poll(() => town.calls().rawg).toBe(before.rawg + 2);
    await expect
      .poll(async () => (await town.title("hades")).is === "found" && (await town.title("hades")))
      .toMatchObject({ isStale: false });
  });
  test("with all sources down it is told past its time, too, and long after that no more", async () => {
    town = await openGameTown();
    await town.title("hades");
    town.turn("all", "down");
    town.later(200 * DAY_MS);
    expect(sourcesOf(await town.title("hades"))).toEqual(["igdb", "steam", "rawg"]);
    town.later(400 * DAY_MS);
    expect((await town.title("hades")).is).toBe("away");
  });
  test("what fewer sources tell does not take the place of what more of them told", async () => {
    town = await openGameTown();
    await town.title("hades");
    town.turn("rawg", "down");
    town.turn("steam", "down");
    // Another question, the same game.
    expect(sourcesOf(await town.category("743", "Hades"))).toEqual(["igdb", "steam", "rawg"]);
  });
  test("that nobody knows it is remembered for minutes, and only when all sources said so", async () => {
    town = await openGameTown();
    town.turn("rawg", "down");
    expect((await town.title("qwxyz blorp")).is).toBe("nothing");
    expect(town.stored("qwxyz blorp").is).toBe("unknown");
    town.turn("rawg", "none");
    expect((await town.title("qwxyz blorp")).is).toBe("nothing");
    await expect.poll(() => town.stored("qwxyz blorp").is).toBe("nothing");
    const before = town.calls();
    await town.title("qwxyz blorp");
    expect(town.calls()).toEqual(before);
    town.later(11 * 60_000);
    await town.title("qwxyz blorp");
    expect(town.calls().igdb).toBe(before.igdb + 1);
  });
  test("namesakes are a choice, and each has its year", async () => {
    town = await openGameTown();
    expect(await town.title("prey")).toEqual({
      is: "several",
      options: [
        { name: "Prey", year: 2017 },
        { name: "Prey", year: 2006 },
      ],
    });
    expect(await town.title("prey", 2006)).toMatchObject({
      facts: { year: 2006, developers: ["Human Head Studios"] },
    });
    expect(await town.title("prey", 2017)).toMatchObject({
      facts: { year: 2017, developers: ["Arkane Studios"] },
    });
  });
  test("hits and misses are counted, in the database after a moment", async () => {
    town = await openGameTown();
    await town.title("hades");
    town.heardHits({ kind: "game-hits", hits: [{ key: "hades (2020)", count: 5 }], misses: 2 });
    await town.restart();
    expect(town.use()).toEqual({ entries: 1, hits: 5, misses: 2, top: { name: "Hades", hits: 5 } });
  });
});

describe("the database", () => {
  test("is locked by another process: answers come all the same, and are written down afterwards", async () => {
    town = await openGameTown();
    await town.title("celeste");
    const other = new Database(town.database);
    other.exec("BEGIN EXCLUSIVE");
    expect(sourcesOf(await town.title("hades"))).toEqual(["igdb", "steam", "rawg"]);
    const before = town.calls();
    expect((await town.title("hades")).is).toBe("found");
    expect(town.calls()).toEqual(before);
    other.exec("ROLLBACK");
    other.close();
    await expect.poll(() => town.stored("hades").is, { timeout: 5_000 }).toBe("game");
  });
});

describe("a category", () => {
  test("is the game that IGDB has under the id that Helix names", async () => {
    town = await openGameTown();
    expect(await town.category("743", "Whatever Twitch calls it")).toMatchObject({
      is: "found",
      facts: { name: "Hades" },
    });
  });
  test("without IGDB its name is asked for", async () => {
    town = await openGameTown(() => ({ igdb: undefined }));
    expect(await town.category("743", "Hades")).toMatchObject({
      is: "found",
      facts: { sources: ["steam", "rawg"] },
    });
  });
  test("that is no game is none", async () => {
    town = await openGameTown();
    expect(await town.category("509658", "Just Chatting")).toEqual({ is: "nothing" });
    expect(town.calls()).toEqual({ steam: 0, rawg: 0, igdb: 0 });
  });
});

describe("what viewers type", () => {
  test.each([
    '"; fields *; where id = 1; "',
    "\\",
    'a"b\\"c',
    "x; limit 500;",
    "\u2028fields *;",
    "%00&key=1",
  ])("%j reaches no service as anything but a title", async (typed) => {
    town = await openGameTown();
    const { steps } = await town.traced(typed);
    for (const { step, ended } of steps) if (step.endsWith("search")) expect(ended).toMatch(/titles$/);
  });
});
