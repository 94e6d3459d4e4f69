import { expect, test } from "vitest";
import type { GameMatch } from "../../../engine/game-index.ts";
import { planTitle } from "./plan-title.ts";

const match = (title: string, score: number, more: Partial<GameMatch> = {}): GameMatch => ({
  id: 1,
  title,
  score,
  margin: 0,
  stage: "tokens",
  isConfident: false,
  ...more,
});
const sure = { isConfident: true };

test.each([
  ["no engine, or nothing alike", "stardew vally", [], { is: "title", title: "stardew vally" }],
  ["sure", "stardew vally", [match("Stardew Valley", 0.97, sure)], { title: "Stardew Valley" }],
  [
    "sure, and the year is known",
    "doom",
    [match("Doom", 1, { ...sure, year: 1993 })],
    { title: "Doom", year: 1993 },
  ],
  ["a guess", "zelda", [match("The Legend of Zelda", 0.7)], { title: "zelda" }],
  [
    "several that are close",
    "resident evil",
    [match("Resident Evil 2", 0.93), match("Resident Evil 4", 0.92), match("Residue", 0.6)],
    { is: "several", options: [{ name: "Resident Evil 2" }, { name: "Resident Evil 4" }] },
  ],
  [
    "namesakes of different years",
    "prey",
    [match("Prey", 1, { year: 2017 }), match("Prey", 1, { year: 2006 })],
    {
      is: "several",
      options: [
        { name: "Prey", year: 2017 },
        { name: "Prey", year: 2006 },
      ],
    },
  ],
  [
    "a namesake, and the year that is meant",
    "Prey (2006)",
    [match("Prey", 1, { year: 2017 }), match("Prey", 1, { year: 2006 })],
    { is: "title", title: "Prey", year: 2006 },
  ],
  [
    "a year that the engine does not know",
    "Prey (1999)",
    [match("Prey", 1, { year: 2017 })],
    { title: "Prey", year: 1999 },
  ],
  ["twice the same", "hades", [match("Hades", 0.94), match("HADES", 0.94)], { is: "title", title: "Hades" }],
  [
    "more than can be offered",
    "x",
    [1, 2, 3, 4].map((n) => match(`X ${n}`, 0.9)),
    { options: { length: 3 } },
  ],
])("%s", (_what, query, matches, planned) => {
  expect(planTitle(query, matches)).toMatchObject(planned);
});
