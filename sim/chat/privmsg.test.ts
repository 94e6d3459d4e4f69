import { expect, test } from "vitest";
import { parseTyped, type Typed } from "./privmsg.ts";

const text = (words: string, isAction = false): Typed => ({ is: "text", text: words, isAction });

const rows: readonly [string, Typed][] = [
  ["hello", text("hello")],
  ["/me waves", text("waves", true)],
  [".me  waves", text("waves", true)],
  ["/ME waves", text("waves", true)],
  ["\u0001ACTION waves\u0001", text("waves", true)],
  ["\u0001ACTION waves", text("waves", true)],
  ["\u0001VERSION\u0001", text("VERSION")],
  ["/me", { is: "usage" }],
  ["/disconnect", { is: "disconnect" }],
  [".disconnect now", { is: "disconnect" }],
  ["/ban bob", { is: "unknown-command", command: "/ban" }],
  [".timeout bob 600", { is: "unknown-command", command: ".timeout" }],
  ["/mePlease", { is: "unknown-command", command: "/mePlease" }],
  ["...", text("...")],
  [". ban bob", text(". ban bob")],
  ["/1", text("/1")],
  ["!ban bob", text("!ban bob")],
];

test.each(rows)("%j", (raw, typed) => {
  expect(parseTyped(raw)).toEqual(typed);
});
