/** How often the hub's owner of games asks the services: one that fails rests, one that has a budget is asked within it. */
import { afterEach, describe, expect, test, vi } from "vitest";
import { type GameTown, openGameTown } from "../support/game-town.ts";

let town: GameTown;
afterEach(async () => {
  vi.useRealTimers();
  await town.close();
});

const sourcesOf = (end: Awaited<ReturnType<GameTown["title"]>>) =>
  end.is === "found" ? [...end.facts.sources] : end.is;

describe("a source that fails three times in a row", () => {
  test("is left alone for a while", async () => {
    town = await openGameTown();
    town.turn("steam", "down");
    for (const title of ["hades", "celeste", "minecraft"]) await town.title(title);
    const before = town.calls().steam;
    const { end, steps } = await town.traced("hollow knight");
    expect(sourcesOf(end)).toEqual(["igdb", "rawg"]);
    expect(steps.find(({ step }) => step === "steam search")?.ended).toMatch(/^resting/);
    expect(town.calls().steam).toBe(before);
  });

  /** Longer than any rest: from one to the next it grows, and is drawn by lot. */
  const REST_MAX_MS = 300_000;
  const rested = () => vi.setSystemTime(Date.now() + REST_MAX_MS);
  const GUARDED = ["steam", "rawg", "igdb"] as const;
  test.each(GUARDED)(
    "%s is tried once after its rest: rests on while it fails, and is back when it is well",
    async (source) => {
      // The breaker reads the machine's clock, and no other.
      vi.useFakeTimers({ toFake: ["Date"] });
      const others = Object.fromEntries(
        GUARDED.filter((one) => one !== source).map((one) => [one, undefined]),
      );
      town = await openGameTown(() => others);
      const ask = async (title: string) => {
        const { end, steps } = await town.traced(title);
        return {
          is: end.is,
          search: steps.find(({ step }) => step === `${source} search`)?.ended.split(":")[0],
        };
      };
      const isAsked = async (title: string, told: object) => {
        const before = town.calls()[source];
        expect(await ask(title)).toMatchObject(told);
        return town.calls()[source] > before;
      };
      const FAILS = { is: "away", search: expect.stringMatching(/^server-error/) };
      const RESTS = { is: "away", search: expect.stringMatching(/^resting/) };
      town.turn(source, "down");
      for (let at = 0; at < 3; at += 1) expect(await isAsked("hades", FAILS)).toBe(true);
      expect(await isAsked("hades", RESTS)).toBe(false);
      rested();
      expect(await isAsked("hades", FAILS)).toBe(true);
      expect(await isAsked("hades", RESTS)).toBe(false);
      rested();
      town.turn(source, "none");
      expect(await isAsked("hades", { is: "found" })).toBe(true);
      expect(await isAsked("celeste", { is: "found" })).toBe(true);
      // Two failures are no row of three: what was before is forgotten.
      town.turn(source, "down");
      for (const title of ["minecraft", "fortnite"]) expect(await isAsked(title, FAILS)).toBe(true);
      expect(await isAsked("hollow knight", FAILS)).toBe(true);
      expect(await isAsked("hollow knight", RESTS)).toBe(false);
    },
  );
});

describe("IGDB's token", () => {
  test("that died is replaced, once, and the question asked again", async () => {
    town = await openGameTown(() => ({ steam: undefined, rawg: undefined }));
    await town.title("hades");
    for (const token of town.sim.world.tokens.values()) if (token.kind === "app") token.expiresAt = 0;
    expect(sourcesOf(await town.title("celeste"))).toEqual(["igdb"]);
    expect(town.sim.games.state().igdb.calls.map(({ status }) => status)).toEqual([200, 401, 200]);
  });
  test("with a wrong secret there is none, and the others answer", async () => {
    town = await openGameTown(({ igdb }) => ({ igdb: igdb && { ...igdb, clientSecret: "wrong" } }));
    expect(sourcesOf(await town.title("hades"))).toEqual(["steam", "rawg"]);
  });
});

describe("budgets", () => {
  test("twelve questions at once: IGDB is asked four a second and refuses none", async () => {
    town = await openGameTown(() => ({ steam: undefined, rawg: undefined, deadlineMs: 6_000 }));
    const titles = ["hades", "celeste", "minecraft", "fortnite", "hollow knight", "stardew valley"];
    const ends = await Promise.all(titles.map((title) => town.title(title)));
    expect(ends.map(({ is }) => is)).toEqual(titles.map(() => "found"));
    expect(town.sim.games.state().igdb.calls.every(({ status }) => status === 200)).toBe(true);
  });
  test("RAWG's month is kept over a restart", async () => {
    town = await openGameTown(({ rawg }) => ({
      steam: undefined,
      igdb: undefined,
      rawg: rawg && { ...rawg, callsAMonth: 2 },
    }));
    expect(sourcesOf(await town.title("hades"))).toEqual(["rawg"]);
    await town.restart();
    const { end, steps } = await town.traced("celeste");
    expect(end.is).toBe("away");
    expect(steps.find(({ step }) => step === "rawg search")?.ended).toMatch(/^over-budget/);
    expect(town.calls().rawg).toBe(2);
  });
});
