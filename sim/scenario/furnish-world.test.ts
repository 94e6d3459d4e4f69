import { afterEach, beforeEach, expect, test } from "vitest";
import { startSimClock } from "../clock.ts";
import { makeRandom } from "../random.ts";
import { makeWorld, type World } from "../world/world.ts";
import { furnishWorld } from "./furnish-world.ts";
import { readScenario } from "./read-scenario.ts";

let world: World;
beforeEach(() => {
  world = makeWorld({ clock: startSimClock({ startAt: 10_000_000, speed: 1e-9 }), random: makeRandom(1) });
});
afterEach(() => world.clock.stop());

const furnish = (given: Parameters<typeof readScenario>[0]) =>
  furnishWorld(world, readScenario(given).scenario);

test("a channel is as the scenario says", () => {
  furnish({
    channels: [
      {
        login: "Alice",
        title: "Hi",
        game: "Chess",
        tags: ["Cosy"],
        live: { viewers: 12, since: "1h" },
        moderators: ["bot"],
        vips: ["vip"],
        followers: ["fan"],
        subscribers: [{ login: "sub", tier: 3, months: 9 }],
        chatters: ["lurker"],
        banned: ["villain"],
        settings: { slowSeconds: 10, followersOnlyMinutes: 5 },
      },
    ],
  });
  const alice = world.getChannel("alice");
  const id = (login: string) => world.getUser(login).id;
  expect(alice).toMatchObject({ title: "Hi", gameId: "743", gameName: "Chess", tags: ["Cosy"] });
  expect(alice.stream).toMatchObject({ viewers: 12, startedAt: 10_000_000 - 3_600_000 });
  expect([...alice.moderators, ...alice.vips]).toEqual([id("bot"), id("vip")]);
  expect([...alice.followers.keys()]).toEqual([id("fan")]);
  expect(alice.subscribers.get(id("sub"))).toEqual({ tier: "3000", months: 9 });
  expect([...alice.chatters.keys(), ...alice.banned.keys()]).toEqual([id("lurker"), id("villain")]);
  expect(alice.settings).toMatchObject({ slowSeconds: 10, followersOnlyMinutes: 5, emoteOnly: false });
});

test("tokens have the texts and the lifetime asked for, and count as grants", () => {
  const tokens = furnish({
    applications: [{ clientId: "app" }],
    users: [{ login: "bot", id: "42", verifiedBot: true }],
    tokens: [
      {
        clientId: "app",
        user: "bot",
        scopes: ["chat:read"],
        accessToken: "a",
        refreshToken: "r",
        lifetime: "1m",
      },
      { clientId: "app", accessToken: "b" },
      { clientId: "app", user: "bot" },
    ],
    grants: [{ clientId: "app", user: "bot", scopes: ["user:bot"] }],
  });
  expect(world.tokens.get("a")).toMatchObject({
    userId: "42",
    refreshToken: "r",
    scopes: ["chat:read"],
    expiresAt: 10_060_000,
  });
  expect(world.tokens.get("b")).toMatchObject({ kind: "app", refreshToken: undefined });
  expect([tokens.length, world.tokens.size]).toEqual([3, 3]);
  expect(world.hasGranted("app", "42", "chat:read") && world.hasGranted("app", "42", "user:bot")).toBe(true);
  expect(world.getUser("bot").isVerifiedBot).toBe(true);
});
