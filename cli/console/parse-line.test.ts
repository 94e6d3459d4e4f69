import { expect, test } from "vitest";
import { CONSOLE_COMMANDS, completeConsoleLine, parseConsoleLine } from "./parse-line.ts";

test.each([
  ["", { is: "empty" }],
  ["   ", { is: "empty" }],
  ["status", { is: "status", only: "all" }],
  [" status  bad ", { is: "status", only: "bad" }],
  ["start #Alice_Live", { is: "order", order: { do: "start-channel", channel: "alice_live" } }],
  ["stop alice", { is: "order", order: { do: "stop-channel", channel: "alice" } }],
  ["restart alice", { is: "order", order: { do: "restart-channel", channel: "alice" } }],
  ["start-all", { is: "order", order: { do: "start-all" } }],
  ["stop-all", { is: "order", order: { do: "stop-all" } }],
  ["restart-all", { is: "order", order: { do: "restart-all" } }],
  ["hub-restart", { is: "order", order: { do: "restart-hub" } }],
  ["hub-status", { is: "hub-status" }],
  ["help", { is: "help" }],
  ["quit", { is: "quit" }],
  ["exit", { is: "quit" }],
])("%j is %j", (text, line) => {
  expect(parseConsoleLine(text)).toEqual(line);
});

test.each([
  ["stop", "stop which? stop <channel>, stop-all for every channel, ./kissbot.sh stop for the whole house"],
  ["start", "start which? start <channel>, start-all for every channel"],
  ["start al;ce", '"al;ce" is no channel'],
  ["start alice bob", '"bob" is too much behind "start alice"'],
  ["stop-all alice", 'stop-all stands alone, without "alice"'],
  ["hub-resync", "hub-restart makes it begin anew"],
  ["dance", 'there is no "dance"; help shows what there is'],
  ["constructor", 'there is no "constructor"'],
])("%j is answered with what to type instead", (text, says) => {
  expect(parseConsoleLine(text)).toEqual({ is: "wrong", says: expect.stringContaining(says) });
});

test.each([
  ["", CONSOLE_COMMANDS.map(({ word }) => (/^(start|stop|restart)$/.test(word) ? `${word} ` : word)), ""],
  ["hub-", ["hub-status", "hub-restart"], "hub-"],
  ["sto", ["stop ", "stop-all"], "sto"],
  ["stop ", ["alice", "alina", "bob"], ""],
  ["stop al", ["alice", "alina"], "al"],
  ["stop #AL", ["alice", "alina"], "#AL"],
  ["status al", [], "al"],
])("%j completes to %j", (text, hits, replaced) => {
  expect(completeConsoleLine(text, ["alice", "alina", "bob"])).toEqual([hits, replaced]);
});
