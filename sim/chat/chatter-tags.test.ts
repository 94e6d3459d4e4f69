import { expect, test } from "vitest";
import { toSubscriberBadge } from "./chatter-tags.ts";
import { isEmotesOnly, toEmotesTag } from "./emotes.ts";

test.each([
  ["1000", 1, "subscriber/0"],
  ["1000", 2, "subscriber/2"],
  ["1000", 5, "subscriber/3"],
  ["1000", 13, "subscriber/12"],
  ["2000", 1, "subscriber/2000"],
  ["2000", 24, "subscriber/2024"],
  ["3000", 6, "subscriber/3006"],
  ["1000", 400, "subscriber/96"],
] as const)("tier %s for %i months wears %s", (tier, months, badge) => {
  expect(toSubscriberBadge(tier, months)).toBe(badge);
});

test.each([
  ["hello", ""],
  ["Kappa Keepo Kappa", "25:0-4,12-16/1902:6-10"],
  ["😀 Kappa", "25:2-6"],
  ["Kappas kappa", ""],
])("emotes of %j stand at %j", (text, tag) => {
  expect(toEmotesTag(text)).toBe(tag);
});

test("a line is emotes only when every word is one", () => {
  expect(isEmotesOnly("Kappa LUL")).toBe(true);
  expect(isEmotesOnly("Kappa lul")).toBe(false);
});
