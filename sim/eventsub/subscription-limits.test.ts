import { describe, expect, it } from "vitest";
import {
  about,
  app,
  BOT,
  CONDUIT,
  HOME,
  have,
  MODDED,
  makePlanner,
  makePlanWorld,
  many,
  type Row,
  reading,
  UNAUTHORIZED,
  user,
} from "./plan-rig.ts";
import { costOf } from "./subscription.ts";

const world = makePlanWorld();
const plan = makePlanner(world);

describe("limits", () => {
  const online = (n: number, on = "s1") => have("stream.online", about(String(100 + n)), { on });
  const free = (n: number, on = "s1") => have("channel.chat.clear", reading(String(100 + n)), { on });
  const ended = { status: "websocket_disconnected" } as const;
  const rows: readonly Row[] = [
    [
      "the same again on one session is a conflict",
      { facts: { subscriptions: [have("stream.online", about(HOME))] } },
      "409 subscription already exists",
    ],
    [
      "what ended does not count",
      { facts: { subscriptions: [have("stream.online", about(HOME), ended)] } },
      "allowed",
    ],
    [
      "on another session it is fine",
      { facts: { subscriptions: [have("stream.online", about(HOME), { on: "s2" })] } },
      "allowed",
    ],
    [
      "three times is the most",
      {
        facts: {
          subscriptions: ["s2", "s3", "s4"].map((on) => have("stream.online", about(HOME), { on })),
        },
      },
      "429 maximum subscriptions with type and condition exceeded",
    ],
    [
      "another user's do not count",
      {
        facts: {
          subscriptions: ["s2", "s3", "s4"].map((on) =>
            have("stream.online", about(HOME), { on, userId: HOME }),
          ),
        },
      },
      "allowed",
    ],
    [
      "a fourth socket is too many",
      { facts: { subscriptions: ["s2", "s3", "s4"].map((on, n) => free(n, on)) } },
      "429 number of websocket transports limit exceeded",
    ],
    ["a third is not", { facts: { subscriptions: ["s2", "s3"].map((on, n) => free(n, on)) } }, "allowed"],
    [
      "300 on a socket is the most",
      { facts: { subscriptions: many(300, (n) => free(n)) } },
      "429 number of websocket transport subscriptions limit exceeded",
    ],
    [
      "a cost of 10 is the most",
      { facts: { subscriptions: many(10, (n) => online(n + 1)) } },
      "429 cost exceeded",
    ],
    ["a cost of 10 is possible", { facts: { subscriptions: many(9, (n) => online(n + 1)) } }, "allowed"],
    [
      "what is free is always possible",
      { condition: about("100"), facts: { subscriptions: many(10, (n) => online(n + 1)) } },
      "allowed",
    ],
    [
      "an app may cost more",
      {
        transport: CONDUIT,
        token: app(),
        facts: {
          subscriptions: many(50, (n) =>
            have("stream.online", about(String(101 + n)), { userId: undefined }),
          ),
        },
      },
      "allowed",
    ],
    [
      "the same again on one conduit is a conflict",
      {
        transport: CONDUIT,
        token: app(),
        facts: { subscriptions: [have("stream.online", about(HOME), { userId: undefined })] },
      },
      "409 subscription already exists",
    ],
  ];
  it.each(rows)("%s", (_, wish, expected) => {
    world.grant("c", "100", []);
    expect(plan(wish)).toBe(expected);
  });

  it("lets a bot read a hundred rooms it does not moderate, IRC's among them", () => {
    const rooms = many(99, (n) => have("channel.chat.message", reading(String(100 + n))));
    const wish = {
      type: "channel.chat.message",
      token: user(["user:read:chat"]),
      facts: { subscriptions: rooms },
    };
    expect(plan({ ...wish, condition: reading("250") })).toBe("allowed");
    world.getChannel("c300").chatters.set(BOT, 1);
    expect(plan({ ...wish, condition: reading("250") })).toBe(UNAUTHORIZED);
    expect(plan({ ...wish, condition: reading("300") })).toBe("allowed");
    expect(plan({ ...wish, condition: reading(MODDED) })).toBe("allowed");
    world.getChannel("c300").chatters.clear();
  });
});

describe("cost", () => {
  const cost = (type: string, condition: Record<string, string>) => costOf(world, have(type, condition));
  it("is 0 with a permission, 1 without, 0 once the user authorised the application at all", () => {
    expect(cost("channel.chat.message", reading("200"))).toBe(0);
    expect(cost("channel.raid", { to_broadcaster_user_id: "200" })).toBe(1);
    expect(cost("stream.online", about("200"))).toBe(1);
    world.grant("c", "200", ["channel:bot"]);
    expect(cost("stream.online", about("200"))).toBe(0);
    expect(cost("channel.raid", { to_broadcaster_user_id: "200" })).toBe(0);
  });
});
