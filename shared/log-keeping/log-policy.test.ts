import * as v from "valibot";
import { describe, expect, test } from "vitest";
import type { Config } from "../config.ts";
import { Login } from "../ids.ts";
import { parseConfig } from "../load-config.ts";
import { keepsChat } from "../log-rules.ts";
import { describeLogChanges, toRotationPolicy } from "./log-policy.ts";

const login = (name: string) => v.parse(Login, name);

/** `alice`: what stands under her name; bob has no rules of his own. */
function make(house: string, alice = ""): Config {
  const entry = alice === "" ? "alice" : `{ name: alice, log: { ${alice} } }`;
  const parsed = parseConfig(`
twitch:
  client_id: abc
  bot_login: kissbot
  tokens: { kissbot: { access_token: aaa } }
  channels: [${entry}, bob]
log: { ${house} }
`);
  if (parsed.is !== "right") throw new Error(JSON.stringify(parsed));
  return parsed.config;
}

describe("what a channel settles for itself stands above what the house settles", () => {
  test.each<[string, string, string, { keepDays: number; keepChatDays: number; chat: boolean }]>([
    ["nobody says anything", "", "", { keepDays: 14, keepChatDays: 30, chat: true }],
    ["the house does", "keep_days: 3, keep_chat_days: 4", "", { keepDays: 3, keepChatDays: 4, chat: true }],
    ["the channel does", "", "keep_days: 5, keep_chat_days: 6", { keepDays: 5, keepChatDays: 6, chat: true }],
    [
      "both do",
      "keep_days: 3, keep_chat_days: 4",
      "keep_days: 5",
      { keepDays: 5, keepChatDays: 4, chat: true },
    ],
    ["the channel keeps no chat", "", "chat: off", { keepDays: 14, keepChatDays: 30, chat: false }],
    [
      "the channel keeps chat for no day",
      "",
      "keep_chat_days: 0",
      { keepDays: 14, keepChatDays: 0, chat: false },
    ],
    ["only the channel keeps chat", "chat: off", "chat: on", { keepDays: 14, keepChatDays: 30, chat: true }],
  ])("%s", (_who, house, alice, wanted) => {
    const config = make(house, alice);
    const { keepDays, keepChatDays } = toRotationPolicy(config, login("alice"));
    expect({ keepDays, keepChatDays, chat: keepsChat(config, login("alice")) }).toEqual(wanted);
  });

  test("and for itself alone", () => {
    const config = make("", "keep_days: 1, keep_chat_days: 0");
    for (const other of [login("bob"), login("added_later"), login("constructor"), undefined]) {
      expect(toRotationPolicy(config, other)).toMatchObject({ keepDays: 14, keepChatDays: 30 });
    }
  });
});

describe("a reload tells who keeps logs otherwise than before", () => {
  test.each<[string, Config, Config, readonly string[]]>([
    ["nobody", make("", "keep_days: 1"), make("", "keep_days: 1"), []],
    [
      "the house",
      make("", ""),
      make("rotate_mb: 5, keep_chat_days: 0"),
      ["~ logs: put aside at 5 MB, kept 14 days, chat not at all"],
    ],
    ["a channel", make(""), make("", "keep_chat_days: 1"), ["~ logs of alice: kept 14 days, chat 1 day"]],
    [
      "a channel that follows the house again",
      make("", "chat: off"),
      make(""),
      ["~ logs of alice: kept 14 days, chat 30 days"],
    ],
    ["a channel that says what the house says", make(""), make("", "keep_days: 14"), []],
    [
      "the house, and a channel only in what it leaves to the house",
      make("", "keep_days: 2"),
      make("keep_days: 7, keep_chat_days: 7", "keep_days: 2"),
      ["~ logs: put aside at 10 MB, kept 7 days, chat 7 days", "~ logs of alice: kept 2 days, chat 7 days"],
    ],
  ])("%s", (_who, before, after, lines) => {
    expect(describeLogChanges(before, after)).toEqual(lines);
  });
});
