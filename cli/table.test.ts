import { describe, expect, test } from "vitest";
import { cut, hang, renderTable, wrap } from "./table.ts";

const columns = [
  { title: "channel", align: "left" },
  { title: "pid", align: "right" },
  { title: "state", align: "left" },
] as const;

test("aligns columns at their widest cell and leaves no spaces at the end", () => {
  expect(
    renderTable(columns, [{ cells: ["hub", "12", "ready"] }, { cells: ["alice_live", "12345", "-"] }], 80),
  ).toEqual(["channel       pid  state", "hub            12  ready", "alice_live  12345  -"]);
});

test("puts a note below its row, broken to the terminal's width and never cut", () => {
  const lines = renderTable(columns, [{ cells: ["hub", "1", "x"], note: "the hub fell over its feet" }], 20);
  expect(lines).toEqual(["channel  pid  state", "hub        1  x", "    the hub fell", "    over its feet"]);
});

test("shows titles alone when there are no rows, and fills missing cells", () => {
  expect(renderTable(columns, [], 80)).toEqual(["channel  pid  state"]);
  expect(renderTable(columns, [{ cells: ["a"] }], 80)[1]).toBe("a");
});

test("a narrow terminal: columns that may go do, in their order, and the rest is cut", () => {
  const some = [
    { title: "who", align: "left" },
    { title: "pid", align: "right", goes: 2 },
    { title: "lag", align: "right", goes: 1 },
  ] as const;
  const rows = [{ cells: ["alice", "12345", "1 ms"] }];
  expect(renderTable(some, rows, 18)[1]).toBe("alice  12345  1 ms");
  expect(renderTable(some, rows, 17)[1]).toBe("alice  12345");
  expect(renderTable(some, rows, 11)).toEqual(["who", "alice"]);
  expect(renderTable(some, rows, 4)).toEqual(["who", "ali…"]);
});

describe("columns that have to stay on a narrow terminal", () => {
  const some = [
    { title: "name", align: "left" },
    { title: "size", align: "right" },
    { title: "id", align: "left", narrows: 1 },
    { title: "why", align: "left", breaks: true },
  ] as const;
  const rows = [
    { cells: ["a_rather_long_name_it_is", "1234", "0123456789-0123456789", "none of it is cut"] },
  ];

  test("the one named first is narrowed first, and only as far as it has to be", () => {
    expect(renderTable(some, rows, 70)).toEqual([
      "name                      size  id                   why",
      "a_rather_long_name_it_is  1234  0123456789-0123456…  none of it is cut",
    ]);
  });

  test("then the widest; a number is never cut, nor a cell that may be broken", () => {
    expect(renderTable(some, rows, 47)).toEqual([
      "name          size  id            why",
      "a_rather_lo…  1234  0123456789-…  none of it is",
      "                                  cut",
    ]);
  });
});

test.each([
  ["one two three", 8, ["one two", "three"]],
  ["one two three", 80, ["one two three"]],
  ["", 8, [""]],
  ["incomprehensible to me", 8, ["incompre", "hensible", "to me"]],
  ["👍🏽👍🏽👍🏽", 9, ["👍🏽👍🏽", "👍🏽"]],
  ["👍🏽👍🏽", 1, ["👍🏽", "👍🏽"]],
])("wrap(%j, %d) is %j", (text, width, lines) => {
  expect(wrap(text, width)).toEqual(lines);
});

test.each([
  ["abc", 3, "abc"],
  ["abcd", 3, "ab…"],
  ["abcd", 0, "…"],
  ["Pong! 🏓 and more", 8, "Pong! …"],
  ["Pong! 🏓 and more", 9, "Pong! 🏓…"],
  ["Pong! 👍🏽 and more", 10, "Pong! …"],
])("cut(%j, %d) is %j", (text, width, wanted) => {
  expect(cut(text, width)).toBe(wanted);
});

test("what stands behind a label is broken under its own first line", () => {
  expect(hang("gaps  ", "none open, streams looked at", 22)).toEqual([
    "gaps  none open,",
    "      streams looked",
    "      at",
  ]);
});
