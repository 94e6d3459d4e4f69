import { expect, test } from "vitest";
import { nameOfSource, pickLogSource } from "./log-files.ts";

const sources = ["supervisor", "hub", "#alice", "#hub", "#__proto__"].map((origin) => ({
  origin,
  files: [],
  crashFile: "",
}));

test.each([
  ["alice", "#alice"],
  ["#Alice", "#alice"],
  ["hub", "hub"],
  ["#hub", "#hub"],
  ["SUPERVISOR", "supervisor"],
  ["#supervisor", undefined],
  ["__proto__", "#__proto__"],
  ["##alice", undefined],
  ["-f", undefined],
  ["", undefined],
])("%j is %s", (asked, origin) => {
  expect(pickLogSource(sources, asked)?.origin).toBe(origin);
});

test("each is named as it is picked", () => {
  const names = sources.map((one) => nameOfSource(one, sources));
  expect(names).toEqual(["supervisor", "hub", "alice", "#hub", "__proto__"]);
  expect(names.map((name) => pickLogSource(sources, name))).toEqual(sources);
});
