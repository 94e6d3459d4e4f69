import { describe, expect, it } from "vitest";
import {
  about,
  app,
  BANNED,
  BOT,
  CONDUIT,
  HOME,
  MODDED,
  makePlanner,
  makePlanWorld,
  modding,
  type Row,
  reading,
  UNAUTHORIZED,
  user,
} from "./plan-rig.ts";

const world = makePlanWorld();
const plan = makePlanner(world);
const MISSING = (field: string) =>
  `400 unknown validation error: Key: 'SubscriptionCondition.${field}' Error:Field validation for '${field}' failed on the 'required' tag`;
const MISMATCH = "400 invalid transport and auth combination";
const OTHER_USERS = "400 websocket transport cannot have subscriptions created by different users";

describe("the request", () => {
  const rows: readonly Row[] = [
    ["is allowed as it should be", {}, "allowed"],
    ["needs a type", { type: undefined }, "400 The type field is required."],
    ["needs a version that is text", { version: 1 }, "400 The version field is not valid."],
    ["needs a condition", { condition: undefined }, "400 The condition field is required."],
    [
      "needs ids that are text",
      { condition: { broadcaster_user_id: 2 } },
      "400 The condition.broadcaster_user_id field is not valid.",
    ],
    ["needs a transport", { transport: undefined }, "400 The transport field is required."],
    [
      "needs a method Twitch knows",
      { transport: { method: "pigeon" } },
      "400 The transport.method field is not valid.",
    ],
    [
      "needs a session",
      { transport: { method: "websocket" } },
      "400 The transport.session_id field is required.",
    ],
    [
      "needs a conduit",
      { transport: { method: "conduit" }, token: app() },
      "400 The transport.conduit_id field is required.",
    ],
    [
      "cannot use webhooks here",
      { transport: { method: "webhook" }, token: app() },
      "400 simulator: the webhook transport is not simulated; use websocket or conduit",
    ],
    ["needs a user token for a websocket", { token: app() }, MISMATCH],
    ["needs an app token for a conduit", { transport: CONDUIT }, MISMATCH],
    ["needs a type there is", { type: "stream.onlin" }, "400 invalid subscription type and version"],
    ["needs a version there is", { version: "2" }, "400 invalid subscription type and version"],
    [
      "cannot use what is deprecated",
      { type: "channel.hype_train.begin" },
      "400 cannot use deprecated subscription type and version",
    ],
    [
      "cannot use what is gone",
      { type: "channel.follow" },
      "410 subscription type and version is no longer available",
    ],
    ["needs every field of the condition", { condition: {} }, MISSING("broadcaster_user_id")],
    [
      "needs one of the two sides of a raid",
      { type: "channel.raid", condition: {} },
      MISSING("from_broadcaster_user_id"),
    ],
    [
      "takes either side of a raid",
      { type: "channel.raid", condition: { to_broadcaster_user_id: HOME } },
      "allowed",
    ],
    [
      "takes an empty side of a raid",
      { type: "channel.raid", condition: { to_broadcaster_user_id: HOME, from_broadcaster_user_id: "" } },
      "allowed",
    ],
    [
      "takes a null field as none",
      { type: "channel.raid", condition: { to_broadcaster_user_id: HOME, from_broadcaster_user_id: null } },
      "allowed",
    ],
    [
      "cannot have strange fields",
      { condition: { ...about(HOME), shoe_size: "44" } },
      "400 The condition.shoe_size field is not valid.",
    ],
    [
      "must be about a user there is",
      { condition: about("999") },
      "400 The user specified in the condition object does not exist.",
    ],
    [
      "needs a session that is there",
      { facts: { session: undefined } },
      "400 websocket transport session does not exist or has already disconnected",
    ],
    [
      "needs a conduit that is there",
      { transport: CONDUIT, token: app(), facts: { hasConduit: false } },
      "400 The transport.conduit_id field is not valid.",
    ],
    [
      "cannot go to another user's session",
      { facts: { session: { connectedAt: 0, owner: { clientId: "c", userId: HOME } } } },
      OTHER_USERS,
    ],
    [
      "cannot go to a shard's session",
      { facts: { session: { connectedAt: 0, owner: { clientId: "c", userId: undefined } } } },
      OTHER_USERS,
    ],
    [
      "can go to one's own session",
      { facts: { session: { connectedAt: 0, owner: { clientId: "c", userId: BOT } } } },
      "allowed",
    ],
    [
      "of authorizations takes an app token",
      { type: "user.authorization.revoke", condition: { client_id: "c" } },
      MISMATCH,
    ],
    [
      "of authorizations is for the own client",
      { type: "user.authorization.revoke", condition: { client_id: "x" }, transport: CONDUIT, token: app() },
      UNAUTHORIZED,
    ],
    [
      "of authorizations works on a conduit",
      { type: "user.authorization.revoke", condition: { client_id: "c" }, transport: CONDUIT, token: app() },
      "allowed",
    ],
  ];
  it.each(rows)("%s", (_, wish, expected) => expect(plan(wish)).toBe(expected));
});

describe("permission with a user token", () => {
  const follow = { type: "channel.follow", version: "2" };
  const chat = { type: "channel.chat.message" };
  const subs = { type: "channel.subscribe" };
  const rows: readonly Row[] = [
    [
      "a moderator may see followers",
      { ...follow, condition: modding(MODDED), token: user(["moderator:read:followers"]) },
      "allowed",
    ],
    [
      "not without the scope",
      { ...follow, condition: modding(MODDED), token: user(["chat:read"]) },
      UNAUTHORIZED,
    ],
    [
      "not without being moderator",
      { ...follow, condition: modding(HOME), token: user(["moderator:read:followers"]) },
      UNAUTHORIZED,
    ],
    [
      "not as somebody else",
      {
        ...follow,
        condition: { ...about(MODDED), moderator_user_id: MODDED },
        token: user(["moderator:read:followers"]),
      },
      UNAUTHORIZED,
    ],
    [
      "a broadcaster moderates at home",
      {
        ...follow,
        condition: { ...about(HOME), moderator_user_id: HOME },
        token: user(["moderator:read:followers"], HOME),
      },
      "allowed",
    ],
    ["a bot reads chat", { ...chat, condition: reading(HOME), token: user(["user:read:chat"]) }, "allowed"],
    [
      "not where it is banned",
      { ...chat, condition: reading(BANNED), token: user(["user:read:chat"]) },
      UNAUTHORIZED,
    ],
    [
      "a broadcaster sees subscriptions",
      { ...subs, token: user(["channel:read:subscriptions"], HOME) },
      "allowed",
    ],
    ["a bot does not", { ...subs, token: user(["channel:read:subscriptions"]) }, UNAUTHORIZED],
    [
      "one of two scopes is enough",
      { type: "channel.poll.begin", token: user(["channel:manage:polls"], HOME) },
      "allowed",
    ],
    [
      "a set of scopes must be whole",
      {
        type: "channel.moderate",
        version: "2",
        condition: modding(MODDED),
        token: user(["moderator:read:warnings"]),
      },
      UNAUTHORIZED,
    ],
  ];
  it.each(rows)("%s", (_, wish, expected) => expect(plan(wish)).toBe(expected));

  it("asks channel.moderate 2 for warnings besides", () => {
    const scopes = [
      "blocked_terms",
      "chat_settings",
      "unban_requests",
      "banned_users",
      "chat_messages",
      "moderators",
      "vips",
    ];
    const by = user(scopes.map((one) => `moderator:read:${one}`));
    expect(plan({ type: "channel.moderate", condition: modding(MODDED), token: by })).toBe("allowed");
    expect(plan({ type: "channel.moderate", version: "2", condition: modding(MODDED), token: by })).toBe(
      UNAUTHORIZED,
    );
  });
});

describe("permission with an app token", () => {
  const chat = { type: "channel.chat.message", transport: CONDUIT, token: app() };
  it("is what users granted the client", () => {
    expect(plan({ ...chat, condition: reading(HOME) })).toBe(UNAUTHORIZED);
    world.grant("c", BOT, ["user:read:chat", "user:bot"]);
    expect(plan({ ...chat, condition: reading(HOME) })).toBe(UNAUTHORIZED);
    expect(plan({ ...chat, condition: reading(MODDED) })).toBe("allowed");
    world.grant("c", "100", ["channel:bot"]);
    expect(plan({ ...chat, condition: reading("100") })).toBe("allowed");
  });
});
