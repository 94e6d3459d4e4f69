import fc from "fast-check";
import { expect, test } from "vitest";
import { parseCommandText } from "./command-text.ts";

test.each([
  ["!ping", "!", { word: "ping", args: [], rest: "" }],
  ["!PING", "!", { word: "ping", args: [], rest: "" }],
  ["  !roll  2d6   now ", "!", { word: "roll", args: ["2d6", "now"], rest: "2d6   now" }],
  ["!roll\t2d6", "!", { word: "roll", args: ["2d6"], rest: "2d6" }],
  ["?ping", "?", { word: "ping", args: [], rest: "" }],
  ["!!ping", "!!", { word: "ping", args: [], rest: "" }],
  ["!!ping", "!", { word: "!ping", args: [], rest: "" }],
  ["\u200B!pi\u2060ng \u{E0041}", "!", { word: "ping", args: [], rest: "" }],
  ["!ping \u{E0000}", "!", { word: "ping", args: [], rest: "" }],
  ["!ping \u034F", "!", { word: "ping", args: [], rest: "" }],
  ["ping", "!", undefined],
  ["!", "!", undefined],
  ["! ping", "!", undefined],
  ["hello !ping", "!", undefined],
  ["", "!", undefined],
])("%j with prefix %j", (text, prefix, parsed) => {
  expect(parseCommandText(text, prefix)).toEqual(parsed);
});

test("any text is a command with a word, or plain talk", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), fc.constantFrom("!", "?", "!!"), (text, prefix) => {
      for (const typed of [text, prefix + text]) {
        const parsed = parseCommandText(typed, prefix);
        if (!parsed) continue;
        expect(parsed.word).toMatch(/^\S+$/u);
        expect(parsed.args.every((arg) => /^\S+$/u.test(arg))).toBe(true);
        expect(parsed.rest.split(/\s+/).filter(Boolean)).toEqual(parsed.args);
      }
    }),
  );
});
