import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CHAT_TEXT_MAX, cutText, toChatText } from "./chat-text.ts";

const alice = { login: "alice", displayName: "Alice" };

describe("toChatText", () => {
  test.each([
    ["an answer begins with the name", "Pong! 🏓", alice, "@Alice Pong! 🏓"],
    ["a name in another script is the login", "hi", { login: "alice", displayName: "アリス" }, "@alice hi"],
    ["an answer may begin like a command", "/ban bob", alice, "@Alice /ban bob"],
    ["a Twitch command is made harmless", "/ban bob", undefined, "» /ban bob"],
    ["so is the old form", ".ban bob", undefined, "» .ban bob"],
    ["so is another bot's command", "!so bob", undefined, "» !so bob"],
    ["also behind spaces", "   /ban bob", undefined, "» /ban bob"],
    ["also behind what nobody sees", "\u200B\u2060/ban bob", undefined, "» /ban bob"],
    ["also behind the mark for repetitions", "\u034F !so bob", undefined, "» !so bob"],
    ["also behind a control character", "\u0001/ban bob", undefined, "» /ban bob"],
    ["lines become one", "a\r\nPRIVMSG #b :c", undefined, "a PRIVMSG #b :c"],
    ["joiners inside emoji stay", "👨‍👩‍👧 hello", undefined, "👨‍👩‍👧 hello"],
    ["nothing stays nothing", " \u200B ", alice, ""],
  ])("%s", (_what, text, to, said) => {
    expect(toChatText(text, to)).toBe(said);
  });

  test("is never too long, never a command, never more than a line, whatever the words", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 1_200 }), fc.boolean(), (text, isAnswer) => {
        const said = toChatText(text, isAnswer ? alice : undefined);
        expect(said.length).toBeLessThanOrEqual(CHAT_TEXT_MAX);
        expect(said).not.toMatch(/^\s*[/.!]/);
        expect(said).not.toMatch(/[\r\n\0]/);
      }),
    );
  });
});

describe("cutText", () => {
  test.each([
    ["short text stays", "abc", 3, "abc"],
    ["long text ends with the mark", "abcd", 3, "ab…"],
    ["no space before the mark", "ab cd", 4, "ab…"],
    ["no half of a character", "a🏓🏓", 3, "a…"],
  ])("%s", (_what, text, max, cut) => {
    expect(cutText(text, max)).toBe(cut);
  });
});
