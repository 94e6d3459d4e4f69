import fc from "fast-check";
import { expect, test } from "vitest";
import { quoteStranger, safeText } from "./safe-text.ts";

test.each([
  ["plain ünïcode 猫 😺", "plain ünïcode 猫 😺"],
  ["\u001b[31mred\u001b[0m", "\\u001b[31mred\\u001b[0m"],
  ["a\r\nb\tc", "a\\u000d\\u000ab\\u0009c"],
  ["\u009b2J", "\\u009b2J"],
  ["evil\u202etxt.exe", "evil\\u202etxt.exe"],
  ["half \ud83d", "half \\ud83d"],
])("safeText(%j) is %j", (text, wanted) => {
  expect(safeText(text)).toBe(wanted);
});

test("nothing that a terminal obeys passes", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      expect(safeText(text)).not.toMatch(/\p{Cc}/u);
    }),
  );
});

test("a quotation mark inside does not end the quotation", () => {
  expect(quoteStranger('he said "hi"')).toBe('"he said \\"hi\\""');
});
