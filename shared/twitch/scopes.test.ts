import fc from "fast-check";
import * as v from "valibot";
import { describe, expect, test } from "vitest";
import type { ChatChoice } from "../chat-choice.ts";
import { Login } from "../ids.ts";
import { parseConfig } from "../load-config.ts";
import { toFeatures } from "./features.ts";
import {
  type ChannelFeatures,
  type Features,
  missingScopes,
  scopesOfBot,
  scopesOfBroadcaster,
} from "./scopes.ts";
import { type Topic, topics } from "./topics.ts";

const login = (name: string) => v.parse(Login, name);
const irc: ChatChoice = { transport: "irc", send: "irc" };
const alice = login("alice");
const channel = (more: Partial<ChannelFeatures> = {}): ChannelFeatures => ({
  channel: alice,
  chat: irc,
  topics: [],
  ...more,
});
const house = (channels: readonly ChannelFeatures[], more: Partial<Features> = {}): Features => ({
  botLogin: login("kissbot"),
  transport: "websocket",
  channels,
  isProbing: false,
  ...more,
});
const names = (needs: readonly { readonly scope: string }[]) => needs.map(({ scope }) => scope);
const wants = (topic: Topic) => channel({ topics: [{ topic, module: "alerts" }] });
const MODERATED = "user:read:moderated_channels";

test.each<[string, Features, readonly string[]]>([
  ["chat over IRC", house([channel()]), ["chat:edit", "chat:read", MODERATED]],
  ["no channel yet", house([]), ["chat:edit", "chat:read", MODERATED]],
  [
    "chat over EventSub",
    house([channel({ chat: { transport: "eventsub", send: "helix" } })]),
    ["user:read:chat", "user:write:chat", MODERATED],
  ],
  [
    "chat over EventSub, as the application",
    house([channel({ chat: { transport: "eventsub", send: "helix" } })], { transport: "conduit" }),
    ["user:bot", "user:read:chat", "user:write:chat", MODERATED],
  ],
  [
    "IRC that speaks through Helix where it may",
    house([channel({ chat: { transport: "irc", send: "auto" } })]),
    ["chat:edit", "chat:read", MODERATED, "user:write:chat"],
  ],
  [
    "thanks for follows",
    house([wants("channel.follow")]),
    ["chat:edit", "chat:read", "moderator:read:followers", MODERATED],
  ],
  [
    "what only the broadcaster grants",
    house([wants("channel.cheer")]),
    ["chat:edit", "chat:read", MODERATED],
  ],
  [
    "the bot's own channel",
    house([{ ...wants("channel.cheer"), channel: login("kissbot") }]),
    ["chat:edit", "chat:read", "bits:read", MODERATED],
  ],
  [
    "the probe",
    house([channel()], { isProbing: true }),
    ["chat:edit", "chat:read", "user:read:chat", MODERATED, "user:write:chat"],
  ],
])("the bot is asked for what it needs and for nothing else: %s", (_what, features, wanted) => {
  expect(names(scopesOfBot(features))).toEqual(wanted);
});

test("a broadcaster is asked only where something enabled needs it", () => {
  expect(scopesOfBroadcaster(house([channel()]), alice)).toEqual([]);
  expect(scopesOfBroadcaster(house([wants("channel.cheer")]), login("bob"))).toEqual([]);
  expect(scopesOfBroadcaster(house([wants("channel.cheer")]), alice)).toEqual([
    { scope: "bits:read", why: ["alerts: channel.cheer"], isVital: false },
  ]);
  const speaking = channel({ chat: { transport: "irc", send: "helix" } });
  expect(names(scopesOfBroadcaster(house([speaking], { transport: "conduit" }), alice))).toEqual([
    "channel:bot",
  ]);
});

test("a scope that manages also reads", () => {
  const needs = scopesOfBroadcaster(house([wants("channel.poll.begin")]), alice);
  expect(names(needs)).toEqual(["channel:read:polls"]);
  expect(missingScopes(needs, ["channel:manage:polls"])).toEqual([]);
  expect(names(missingScopes(needs, ["channel:manage:predictions"]))).toEqual(["channel:read:polls"]);
});

test("whatever is enabled, every scope stands once and says why", () => {
  const choice = fc.record({
    transport: fc.constantFrom("irc" as const, "eventsub" as const),
    send: fc.constantFrom("irc" as const, "helix" as const, "auto" as const),
  });
  const anyChannel = fc.record({
    channel: fc.constantFrom(alice, login("kissbot"), login("bob")),
    chat: choice,
    topics: fc.array(fc.record({ topic: fc.constantFrom(...topics), module: fc.constant("m") })),
  });
  const any = fc.record({
    botLogin: fc.constant(login("kissbot")),
    transport: fc.constantFrom("websocket" as const, "conduit" as const),
    channels: fc.array(anyChannel, { maxLength: 4 }),
    isProbing: fc.boolean(),
  });
  fc.assert(
    fc.property(any, (features) => {
      for (const needs of [scopesOfBot(features), scopesOfBroadcaster(features, alice)]) {
        expect(needs.every(({ why }) => why.length > 0)).toBe(true);
        expect(new Set(names(needs)).size).toBe(needs.length);
        expect(missingScopes(needs, names(needs))).toEqual([]);
      }
    }),
  );
});

describe("what the configuration enables", () => {
  const featuresOf = (yaml: string, asked = new Map<Login, readonly Topic[]>()) => {
    const parsed = parseConfig(`twitch:\n  client_id: c\n  bot_login: kissbot\n${yaml}`);
    if (parsed.is !== "right") throw new Error(JSON.stringify(parsed));
    return toFeatures(parsed.config, { channels: [login("added")], asked });
  };

  test("modules want by their settings, and by a channel's own", () => {
    const features = featuresOf(
      "  channels:\n    - alice\n    - name: bob\n      modules: { alerts: { cheer: { enabled: true } } }\nmodules:\n  alerts:\n    follow: { enabled: true }\n",
    );
    const byChannel = features.channels.map((one) => [one.channel, one.topics.map(({ topic }) => topic)]);
    const always = ["stream.online", "stream.offline", "channel.update"];
    expect(byChannel).toEqual([
      ["alice", [...always, "channel.follow"]],
      ["bob", [...always, "channel.follow", "channel.cheer"]],
      ["added", [...always, "channel.follow"]],
    ]);
  });

  test("what a worker asked for counts, whatever it had it from", () => {
    const features = featuresOf(
      "  channels: [alice]\n",
      new Map([[alice, ["channel.raid", "channel.cheer"]]]),
    );
    expect(features.channels[0]?.topics).toContainEqual({
      topic: "channel.cheer",
      module: "wanted by its worker",
    });
  });

  test.each([
    ["", "websocket"],
    ["  client_secret: hush\n", "conduit"],
    ["  client_secret: hush\n  eventsub: { transport: websocket }\n", "websocket"],
  ])("%j: %s", (yaml, transport) => {
    expect(featuresOf(yaml).transport).toBe(transport);
  });
});
