import { resolve } from "node:path";
import { expect, test } from "vitest";
import { parseGamesOrder } from "./parse-order.ts";

test.each([
  [[], undefined, { do: "info" }],
  [["info"], undefined, { do: "info" }],
  [["build"], undefined, { do: "build", titles: undefined }],
  [["build"], "a.tsv", { do: "build", titles: resolve("a.tsv") }],
  [["search", "vampire", "survivors"], undefined, { do: "search", query: "vampire survivors" }],
])("games %j with titles %j", (args, titles, order) => {
  expect(parseGamesOrder(args, titles)).toEqual(order);
});

test.each([
  [["search"], undefined, "search what"],
  [["search", " "], undefined, "search what"],
  [["info", "x"], undefined, "stands alone"],
  [["build", "x"], undefined, "stands alone"],
  [["dance"], undefined, 'not "dance"'],
  [["info"], "a.tsv", "belongs to games build"],
])("games %j with titles %j is wrong", (args, titles, says) => {
  expect(parseGamesOrder(args, titles)).toMatchObject({ do: "wrong", says: expect.stringContaining(says) });
});
