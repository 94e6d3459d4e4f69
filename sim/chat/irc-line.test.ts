import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { escapeTagValue, parseIrcLine, type ServerLine, toIrcText, unescapeTagValue } from "./irc-line.ts";

const parse = (raw: string) => {
  const line = parseIrcLine(raw);
  return line && { ...line, tags: Object.fromEntries(line.tags) };
};

describe("a line from a client", () => {
  test.each([
    ["PING", { command: "PING", params: [] }],
    ["ping :a b", { command: "PING", params: ["a b"] }],
    ["JOIN #a,#b", { command: "JOIN", params: ["#a,#b"] }],
    ["PRIVMSG #a :hello :) world", { command: "PRIVMSG", params: ["#a", "hello :) world"] }],
    ["PRIVMSG   #a   :  spaces kept ", { command: "PRIVMSG", params: ["#a", "  spaces kept "] }],
    ["PRIVMSG #a :", { command: "PRIVMSG", params: ["#a", ""] }],
    [":me!me@host PRIVMSG #a hi", { command: "PRIVMSG", params: ["#a", "hi"], prefix: "me!me@host" }],
    ["@a=b;c PRIVMSG #a :x", { command: "PRIVMSG", params: ["#a", "x"], tags: { a: "b", c: "" } }],
    ["@a=1\\s2\\:3\\\\4;b=x\\ PING", { command: "PING", params: [], tags: { a: "1 2;3\\4", b: "x" } }],
    ["@a=1=2 PING", { command: "PING", params: [], tags: { a: "1=2" } }],
    ["@__proto__=x PING", { command: "PING", params: [], tags: { ["__proto__"]: "x" } }],
  ])("%j", (raw, expected) => {
    expect(parse(raw)).toEqual({ tags: {}, prefix: undefined, ...expected });
  });

  test.each(["", " ", "@", "@a=b", "@a=b ", ":prefix", ":", "@a :b", "@;;;= :x "])(
    "%j holds no command",
    (raw) => {
      expect(parseIrcLine(raw)).toBeUndefined();
    },
  );

  test("whatever it is, it is parsed without throwing", () => {
    fc.assert(fc.property(fc.string({ unit: "binary" }), (raw) => void parseIrcLine(raw)));
    const pieces = fc.constantFrom("@", ":", ";", "=", " ", "\\", "PRIVMSG", "#a", "\u0001", "\0", "é", "😀");
    fc.assert(fc.property(fc.array(pieces), (some) => void parseIrcLine(some.join(""))));
  });

  test.each([
    ["one word", "A".repeat(2 ** 20)],
    ["nothing but spaces", " ".repeat(2 ** 20)],
    ["tags", `@${"a=b;".repeat(2 ** 18)} PING`],
    ["backslashes", `@a=${"\\".repeat(2 ** 20)} PING`],
    ["params", `PRIVMSG ${"x ".repeat(2 ** 19)}`],
  ])(
    "a megabyte of %s is read: in more than linear time that would take hours, and the runner ends it",
    (_, raw) => {
      expect(() => parseIrcLine(raw)).not.toThrow();
    },
    60_000,
  );
});

const word = fc.stringMatching(/^[!-9;-~][!-~]{0,8}$/);
const key = fc.stringMatching(/^[a-z][a-z-]{0,8}$/);
const sayable = fc.string({ unit: "binary" }).map((text) => text.replaceAll(/[\r\n\0]/g, ""));

describe("a line from the server", () => {
  test("reads back as what was written", () => {
    const lines = fc.record({
      tags: fc.dictionary(key, sayable),
      prefix: fc.stringMatching(/^[a-z]{1,8}$/),
      command: fc.stringMatching(/^[A-Z]{1,8}$/),
      params: fc.array(word),
      trailing: sayable,
    });
    fc.assert(
      fc.property(lines, (line) => {
        expect(parse(toIrcText(line))).toEqual({
          tags: { ...line.tags },
          prefix: line.prefix,
          command: line.command,
          params: [...line.params, line.trailing],
        });
      }),
    );
  });

  test("is one line, whatever a viewer typed", () => {
    const nasty = fc
      .array(fc.constantFrom("\r", "\n", "\0", "a", "PRIVMSG #x :y", ";", " "))
      .map((all) => all.join(""));
    fc.assert(
      fc.property(nasty, (text) => {
        const line: ServerLine = {
          tags: { "display-name": text },
          command: "PRIVMSG",
          params: ["#a"],
          trailing: text,
        };
        expect(toIrcText(line)).not.toMatch(/[\r\n\0]/);
      }),
    );
  });

  test("has its tags in Twitch's order, or none", () => {
    const line: ServerLine = {
      tags: { "msg-param-sub-plan": "1000", "msg-param-sub-plan-name": "a b", login: "x" },
      prefix: "tmi.twitch.tv",
      command: "USERNOTICE",
      params: ["#a"],
      trailing: "",
    };
    expect(toIrcText(line)).toBe(
      "@login=x;msg-param-sub-plan-name=a\\sb;msg-param-sub-plan=1000 :tmi.twitch.tv USERNOTICE #a :",
    );
    expect(toIrcText(line, { withTags: false })).toBe(":tmi.twitch.tv USERNOTICE #a :");
  });
});

test("tag values survive escaping", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (value) => unescapeTagValue(escapeTagValue(value)) === value),
  );
});
