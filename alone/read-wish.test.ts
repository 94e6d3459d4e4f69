import { expect, test } from "vitest";
import { readWish } from "./read-wish.ts";

test.each([
  [["--channel", "alice"], { channel: "alice", eventsub: "direct" }],
  [["--eventsub", "disabled", "--channel=alice"], { channel: "alice", eventsub: "disabled" }],
])("%j", (args, wish) => {
  expect(readWish(args)).toEqual(wish);
});

test.each([
  [[]],
  [["--channel"]],
  [["--channel", "Alice!"]],
  [["--channel", "a", "--eventsub", "hub"]],
  [["alice"]],
])("%j is refused as wrong configuration", (args) => {
  expect(() => readWish(args)).toThrow(expect.objectContaining({ code: "config-wrong", exitCode: 78 }));
});
