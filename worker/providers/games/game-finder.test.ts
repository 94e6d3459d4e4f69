/** A game's way in one worker: which level answers, and what the hub is asked. */
import { describe, expect, test } from "vitest";
import type { GameCacheReader } from "../../../db/game-cache-reader.ts";
import type { StoredAnswer } from "../../../db/stored-answer.ts";
import type { GameMatch } from "../../../engine/game-index.ts";
import type { Collapsed } from "../../../shared/crowd/candidate.ts";
import type { GameFacts } from "../../../shared/games/game-facts.ts";
import type { GameEnd, GameHits, GameWanted } from "../../../shared/ipc/game-words.ts";
import type { Question } from "../../../shared/ipc/hub-worker.ts";
import { type FakeClock, makeFakeClock, settled } from "../../../tests/support/fake-clock.ts";
import { hades } from "../../../tests/support/memory-games.ts";
import type { Asked } from "../../hub-desk.ts";
import { makeGameFinder } from "./game-finder.ts";
import { makeGameShelf } from "./game-shelf.ts";

const DAY_MS = 86_400_000;
const celeste: GameFacts = { ...hades, name: "Celeste", year: 2018 };
const found = (facts: GameFacts): GameEnd => ({
  is: "found",
  key: facts.name.toLowerCase(),
  facts,
  isStale: false,
});

function openRoom(
  wish: {
    readonly stored?: ReadonlyMap<string, StoredAnswer>;
    readonly matches?: readonly GameMatch[];
    readonly collapsed?: Collapsed;
    readonly hub?: (wanted: GameWanted) => GameEnd | undefined;
  } = {},
) {
  const clock: FakeClock = makeFakeClock();
  const asked: GameWanted[] = [];
  const told: GameHits[] = [];
  let isHubOpen = true;
  const reader: GameCacheReader = {
    find: (question) => wish.stored?.get(question) ?? { is: "unknown" },
    findByKey: () => undefined,
    use: () => ({ entries: 1, hits: 10, misses: 2, top: undefined }),
    close() {},
  };
  const shelf = makeGameShelf({
    reader,
    clock,
    tell(hits) {
      if (!isHubOpen) return "closed";
      told.push(hits);
      return "sent";
    },
  });
  const finder = makeGameFinder({
    hub: {
      async ask<Q extends Question>(question: Q): Promise<Asked<Q>> {
        if (question.about !== "game") return { is: "away" };
        asked.push(question.wanted);
        const end = wish.hub?.(question.wanted);
        return end ? { is: "answered", reply: { about: "game", end } as never } : { is: "away" };
      },
    },
    shelf,
    titles: { search: () => wish.matches ?? [], describe: () => "test engine", close() {} },
    findCollapsed: () => wish.collapsed,
    saveTrace: async () => "trace.txt",
    clock,
  });
  return {
    finder,
    clock,
    asked,
    told,
    setHub(open: boolean) {
      isHubOpen = open;
    },
    close: () => shelf.close(),
  };
}

const stored = (freshUntil: number): StoredAnswer => ({
  is: "game",
  key: "hades (2020)",
  facts: hades,
  freshUntil,
});

describe("levels", () => {
  test("the hub is asked once; then it is at hand", async () => {
    const { finder, asked, close } = openRoom({ hub: () => found(hades) });
    expect(await finder.find("hades")).toMatchObject({ is: "found" });
    expect(await finder.find("HADES")).toMatchObject({ is: "found" });
    expect(asked).toEqual([{ by: "title", title: "hades" }]);
    close();
  });
  test("a row of the database needs no hub", async () => {
    const { finder, asked, close } = openRoom({ stored: new Map([["hades", stored(Number.MAX_VALUE)]]) });
    expect(await finder.find("Hades")).toMatchObject({ is: "found", isStale: false });
    expect(asked).toEqual([]);
    close();
  });
  test("past its time it is told, and the hub asked behind it; its answer takes the place", async () => {
    const { finder, asked, clock, close } = openRoom({
      stored: new Map([["hades", stored(0)]]),
      hub: () => found({ ...hades, metacritic: 99 }),
    });
    await clock.advance(DAY_MS);
    expect(await finder.find("hades")).toMatchObject({
      is: "found",
      isStale: true,
      facts: { metacritic: 93 },
    });
    await settled();
    expect(await finder.find("hades")).toMatchObject({ isStale: false, facts: { metacritic: 99 } });
    expect(asked).toHaveLength(1);
    close();
  });
  test("nobody to ask", async () => {
    const { finder, close } = openRoom();
    expect((await finder.find("hades")).is).toBe("away");
    expect((await finder.ofCategory({ id: "743", name: "Chess" })).is).toBe("away");
    close();
  });
  test("nothing to ask for", async () => {
    const { finder, asked, close } = openRoom({ hub: () => found(hades) });
    for (const query of ["", "!!!", "   ", "()", "\u200b"])
      expect((await finder.find(query)).is).toBe("nothing");
    expect(asked).toEqual([]);
    close();
  });
});

describe("titles", () => {
  const sure: GameMatch = { id: 1, title: "Celeste", score: 1, margin: 1, stage: "edits", isConfident: true };
  test("one the engine is sure of is what is asked for", async () => {
    const { finder, asked, close } = openRoom({ matches: [sure], hub: () => found(celeste) });
    await finder.find("celest");
    expect(asked).toEqual([{ by: "title", title: "Celeste" }]);
    close();
  });
  test("where nobody knows that one, what was typed is", async () => {
    const { finder, asked, close } = openRoom({
      matches: [sure],
      hub: (wanted) =>
        wanted.by === "title" && wanted.title === "celest" ? found(celeste) : { is: "nothing" },
    });
    expect((await finder.find("celest")).is).toBe("found");
    expect(asked).toHaveLength(2);
    close();
  });
  test("where nobody knows what was typed, what is near is offered", async () => {
    const near: GameMatch = { ...sure, score: 0.87, isConfident: false, year: 2018 };
    const { finder, close } = openRoom({ matches: [near], hub: () => ({ is: "nothing" }) });
    expect(await finder.find("selest")).toEqual({
      is: "several",
      options: [{ name: "Celeste", year: 2018 }],
    });
    close();
  });
  test("what moderators settled wins over the engine", async () => {
    const { finder, asked, close } = openRoom({
      matches: [sure],
      collapsed: { title: "Hades", year: 2020, confirmations: 1 },
      hub: () => found(hades),
    });
    await finder.find("celest");
    expect(asked).toEqual([{ by: "title", title: "Hades", year: 2020 }]);
    close();
  });
});

describe("counting", () => {
  test("hits by game and misses are told together, not one by one", async () => {
    const { finder, told, clock, close } = openRoom({ hub: () => found(hades) });
    for (let n = 0; n < 5; n += 1) await finder.find("hades");
    expect(told).toEqual([]);
    await clock.advance(15_000);
    expect(told).toEqual([{ kind: "game-hits", hits: [{ key: "hades", count: 4 }], misses: 1 }]);
    await clock.advance(60_000);
    expect(told).toHaveLength(1);
    close();
  });
  test("while the hub is away they are kept, and shown", async () => {
    const { finder, told, clock, setHub, close } = openRoom({ hub: () => found(hades) });
    setHub(false);
    for (let n = 0; n < 3; n += 1) await finder.find("hades");
    await clock.advance(15_000);
    expect(await finder.use()).toMatchObject({ hits: 12, misses: 3 });
    setHub(true);
    await clock.advance(15_000);
    expect(told).toEqual([{ kind: "game-hits", hits: [{ key: "hades", count: 2 }], misses: 1 }]);
    close();
    expect(clock.pending()).toBe(0);
  });
  test("the last ones are told at the end", async () => {
    const { finder, told, clock, close } = openRoom({ hub: () => found(hades) });
    await finder.find("hades");
    close();
    expect(told).toHaveLength(1);
    expect(clock.pending()).toBe(0);
  });
});

test("a trace names each step", async () => {
  const { finder, close } = openRoom({ hub: () => found(hades) });
  const { steps, savedAs } = await finder.trace("hades");
  expect(steps.map(({ step }) => step)).toEqual(["crowd", "titles (test engine)", "shelf", "hub"]);
  expect(savedAs).toBe("trace.txt");
  close();
});
