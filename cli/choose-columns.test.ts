import { expect, test } from "vitest";
import { chooseColumns } from "./choose-columns.ts";

const ENDLESS = Number.POSITIVE_INFINITY;

test.each([
  ["a terminal", { columns: 80 }, {}, 80],
  ["a terminal, whatever COLUMNS says", { columns: 80 }, { COLUMNS: "200" }, 80],
  ["a terminal that was never told its size", { columns: 0 }, {}, ENDLESS],
  ["a pipe", {}, {}, ENDLESS],
  ["a pipe with COLUMNS", {}, { COLUMNS: "132" }, 132],
  ["a pipe with an empty COLUMNS", {}, { COLUMNS: "" }, ENDLESS],
  ["a pipe with nonsense in COLUMNS", {}, { COLUMNS: "-1" }, ENDLESS],
])("%s", (_what, stream, environment, columns) => {
  expect(chooseColumns(stream, environment)).toBe(columns);
});
