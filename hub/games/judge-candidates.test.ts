import { describe, expect, test } from "vitest";
import { judgeCandidates } from "./judge-candidates.ts";
import type { Candidate } from "./sources/source.ts";
import { titleLikeness } from "./title-likeness.ts";

let id = 1;
const found = (source: Candidate["source"], name: string, year?: number, popularity?: number): Candidate => ({
  source,
  id: id++,
  name,
  year,
  popularity,
});

describe("titleLikeness", () => {
  test.each([
    ["hades", "Hades", 1, 1],
    ["witcher 3", "The Witcher 3: Wild Hunt", 0.94, 0.951],
    ["the witcher 3 wild hunt", "The Witcher 3: Wild Hunt", 1, 1],
    ["doom 2", "DOOM II", 0.98, 0.98],
    ["stardewvalley", "Stardew Valley", 0.97, 0.97],
    ["stardew vally", "Stardew Valley", 0.9, 0.94],
    ["pokemon", "Pokémon", 1, 1],
    ["prey", "Prey™", 1, 1],
    // One letter, another game.
    ["doom 2", "Doom 3", 0, 0.69],
    ["final fantasy 7", "Final Fantasy VIII", 0, 0.84],
    // What is sold beside the game.
    ["hades", "Hades Original Soundtrack", 0.7, 0.83],
    ["hades", "Minecraft", 0, 0.3],
    ["", "Hades", 0, 0],
    ["!!!", "Hades", 0, 0],
  ])("%j and %j", (query, title, least, most) => {
    const likeness = titleLikeness(query, title);
    expect(likeness).toBeGreaterThanOrEqual(least);
    expect(likeness).toBeLessThanOrEqual(most);
  });
});

describe("judgeCandidates", () => {
  test("one game of three sources, whose years lie side by side", () => {
    const judged = judgeCandidates({ title: "vampire survivors" }, [
      found("igdb", "Vampire Survivors", 2022, 500),
      found("steam", "Vampire Survivors"),
      found("rawg", "Vampire Survivors", 2021, 900),
    ]);
    expect(judged).toMatchObject({ is: "match", name: "Vampire Survivors", likeness: 1 });
    expect(judged.is === "match" && judged.members.map(({ source }) => source)).toEqual([
      "igdb",
      "steam",
      "rawg",
    ]);
  });

  test.each([
    [
      { title: "prey" },
      {
        is: "several",
        options: [
          { name: "Prey", year: 2017 },
          { name: "Prey", year: 2006 },
        ],
      },
    ],
    [
      { title: "prey", year: 2006 },
      { is: "match", year: 2006 },
    ],
    [
      { title: "prey", year: 2017 },
      { is: "match", year: 2017 },
    ],
    // Of a year that none has: the year is what was mistaken.
    [{ title: "prey", year: 1999 }, { is: "several" }],
  ])("namesakes: %j", (asked, judged) => {
    const candidates = [
      found("igdb", "Prey", 2017, 900),
      found("igdb", "Prey", 2006, 300),
      found("steam", "Prey"),
      found("rawg", "Prey", 2017, 9_000),
    ];
    expect(judgeCandidates(asked, candidates)).toMatchObject(judged);
  });

  test("a namesake that nearly nobody knows is not offered", () => {
    const candidates = [found("igdb", "Celeste", 2018, 5_000), found("igdb", "Celeste", 1985, 3)];
    expect(judgeCandidates({ title: "celeste" }, candidates)).toMatchObject({ is: "match", year: 2018 });
  });

  test.each([
    ["exact among longer ones", "doom", ["DOOM", "DOOM Eternal"], "match"],
    ["a short word that is nowhere exact", "halo", ["Halo Wars", "Halo Reach"], "several"],
    ["nothing alike", "qwxyz", ["Minecraft"], "nothing"],
    ["nothing at all", "hades", [], "nothing"],
    ["two that are as close", "dark soul", ["Dark Souls", "Dark Soil"], "several"],
  ])("%s", (_what, title, names, is) => {
    expect(
      judgeCandidates(
        { title },
        names.map((name, at) => found("steam", name, 2_000 + 5 * at)),
      ),
    ).toMatchObject({ is });
  });

  test("offers three at most", () => {
    const names = ["Halo Wars", "Halo Reach", "Halo Infinite", "Halo Spartan"];
    const judged = judgeCandidates(
      { title: "halo" },
      names.map((name) => found("rawg", name)),
    );
    expect(judged.is === "several" && judged.options.length).toBe(3);
  });
});
