import { describe, expect, test } from "vitest";
import { canCarry, describeGrant, scopesFor, type TransportKind } from "./can-carry.ts";
import type { Topic } from "./topics.ts";

const carries = (topic: Topic, transport: TransportKind, botScopes: readonly string[], isOwn = false) =>
  canCarry(topic, { transport, botScopes, isBotsOwnChannel: isOwn });

describe("a transport carries a topic", () => {
  test.each([
    ["what nobody must grant", "stream.online", "websocket", []],
    ["what the bot has granted", "channel.follow", "websocket", ["moderator:read:followers"]],
    ["by the greater scope, too", "channel.shoutout.receive", "websocket", ["moderator:manage:shoutouts"]],
    ["chat, to a reader", "channel.chat.message", "websocket", ["user:read:chat"]],
    [
      "chat, to an application that is let in",
      "channel.chat.message",
      "conduit",
      ["user:read:chat", "user:bot"],
    ],
    ["what a broadcaster may have granted", "channel.cheer", "conduit", []],
  ] as const)("%s", (_what, topic, transport, botScopes) => {
    expect(carries(topic, transport, botScopes)).toEqual({ is: "yes" });
  });

  test("in its own channel the bot is the broadcaster", () => {
    expect(carries("channel.cheer", "websocket", ["bits:read"], true)).toEqual({ is: "yes" });
  });
});

describe("or says why it can't", () => {
  test.each([
    [
      "channel.follow",
      "websocket",
      [],
      false,
      "needs-reauth",
      "channel.follow needs moderator:read:followers, which the bot's token lacks",
    ],
    [
      "channel.follow",
      "conduit",
      [],
      false,
      "needs-reauth",
      "channel.follow needs moderator:read:followers, which the bot's token lacks",
    ],
    [
      "channel.chat.message",
      "conduit",
      ["user:read:chat"],
      false,
      "needs-reauth",
      "channel.chat.message needs user:bot, which the bot's token lacks",
    ],
    [
      "channel.poll.end",
      "websocket",
      [],
      true,
      "needs-reauth",
      "channel.poll.end needs channel:read:polls or channel:manage:polls, which the bot's token lacks",
    ],
    [
      "channel.cheer",
      "websocket",
      ["bits:read"],
      false,
      "refused",
      "channel.cheer takes the broadcaster's grant of bits:read, and a WebSocket with the bot's token can't carry it: a conduit can",
    ],
  ] as const)("%s on a %s with %j", (topic, transport, scopes, isOwn, code, reason) => {
    expect(carries(topic, transport, scopes, isOwn)).toEqual({ is: "no", code, reason });
  });
});

test.each([
  ["stream.online", "stream.online takes nobody's grant"],
  [
    "channel.follow",
    "channel.follow takes the bot's grant of moderator:read:followers, and that it moderates the channel",
  ],
  [
    "channel.chat.clear",
    "channel.chat.clear takes the bot's grant of user:read:chat, and that it may read this chat",
  ],
  [
    "channel.poll.end",
    "channel.poll.end takes the broadcaster's grant of channel:read:polls or channel:manage:polls",
  ],
] as const)("%s", (topic, words) => {
  expect(describeGrant(topic)).toBe(words);
});

describe("what logins must be asked for", () => {
  test.each([
    [[], "websocket", [], []],
    [["stream.online"], "conduit", [], []],
    [
      ["channel.follow", "channel.shoutout.create"],
      "websocket",
      ["moderator:read:followers", "moderator:read:shoutouts"],
      [],
    ],
    [["channel.subscribe", "channel.subscription.gift"], "conduit", [], ["channel:read:subscriptions"]],
    [["channel.chat.message"], "websocket", ["user:read:chat"], []],
    [["channel.chat.message"], "conduit", ["user:bot", "user:read:chat"], ["channel:bot"]],
  ] as const)("%j on a %s", (topics, transport, bot, broadcaster) => {
    expect(scopesFor(topics, transport)).toEqual({ bot, broadcaster });
  });
});
