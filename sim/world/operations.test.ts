import { afterEach, beforeEach, expect, test } from "vitest";
import { startSimClock } from "../clock.ts";
import { makeRandom } from "../random.ts";
import * as operations from "./operations.ts";
import { type Channel, makeWorld, type User, type World } from "./world.ts";

let world: World;
let kinds: string[];
let alice: Channel;
let viewer: User;

beforeEach(() => {
  world = makeWorld({ clock: startSimClock({ startAt: 1_000_000, speed: 1e-9 }), random: makeRandom(1) });
  world.addUser({ login: "alice" });
  alice = world.getChannel("alice");
  viewer = world.addUser({ login: "viewer" });
  kinds = [];
  world.onHappening(({ kind }) => kinds.push(kind));
});
afterEach(() => world.clock.stop());

const ban = (forSeconds?: number) =>
  operations.ban(world, alice, viewer, { by: alice.owner, reason: "", forSeconds });

/** Each row: what is done in order, what was announced, and what the last answer was. */
test.each<[string, () => operations.Outcome[], string[], string]>([
  ["going live", () => [operations.goLive(world, alice)], ["stream-online"], "done"],
  [
    "going live with a title",
    () => [operations.goLive(world, alice, { title: "x" })],
    ["channel-updated", "stream-online"],
    "done",
  ],
  [
    "going live twice",
    () => [operations.goLive(world, alice), operations.goLive(world, alice)],
    ["stream-online"],
    "refused",
  ],
  ["ending what never began", () => [operations.goOffline(world, alice)], [], "refused"],
  ["changing nothing", () => [operations.updateChannel(world, alice, { title: "" })], [], "done"],
  ["viewers of a dark channel", () => [operations.setViewers(alice, 3)], [], "refused"],
  [
    "following twice",
    () => [operations.follow(world, alice, viewer), operations.follow(world, alice, viewer)],
    ["followed"],
    "refused",
  ],
  ["following oneself", () => [operations.follow(world, alice, alice.owner)], [], "refused"],
  [
    "gifting a subscriber",
    () => [operations.subscribe(world, alice, viewer), operations.gift(world, alice, undefined, [viewer])],
    ["subscribed"],
    "refused",
  ],
  ["raiding oneself", () => [operations.raid(world, alice, alice, 1)], [], "refused"],
  ["a timeout that becomes a ban", () => [ban(60), ban()], ["user-banned", "user-banned"], "done"],
  ["banning twice", () => [ban(), ban()], ["user-banned"], "refused"],
  [
    "unbanning",
    () => [ban(), operations.unban(world, alice, viewer, alice.owner)],
    ["user-banned", "user-unbanned"],
    "done",
  ],
  ["unbanning nobody", () => [operations.unban(world, alice, viewer, alice.owner)], [], "refused"],
  [
    "banning a moderator",
    () => [operations.addModerator(world, alice, viewer), ban()],
    ["moderator-added", "moderator-removed", "user-banned"],
    "done",
  ],
  [
    "a VIP becoming moderator",
    () => [operations.addVip(world, alice, viewer), operations.addModerator(world, alice, viewer)],
    ["vip-added", "vip-removed", "moderator-added"],
    "done",
  ],
  [
    "a moderator twice",
    () => [operations.addModerator(world, alice, viewer), operations.addModerator(world, alice, viewer)],
    ["moderator-added"],
    "refused",
  ],
  [
    "revoking what was never granted",
    () => [operations.revokeAuthorization(world, "app", viewer)],
    [],
    "refused",
  ],
])("%s", (_, act, announced, last) => {
  expect(act().at(-1)?.is).toBe(last);
  expect(kinds).toEqual(announced);
});

test("a timeout that ran out is no ban any more", () => {
  ban(60);
  world.clock.advance(60_000);
  expect(operations.isBannedNow(world, alice, viewer)).toBe(false);
});

test("months grow with each subscription", () => {
  operations.subscribe(world, alice, viewer);
  operations.subscribe(world, alice, viewer, { tier: "2000" });
  expect(alice.subscribers.get(viewer.id)).toEqual({ tier: "2000", months: 2 });
});

test("revoking an authorisation voids that user's tokens of that application and no others", () => {
  const add = (accessToken: string, clientId: string, userId: string | undefined) =>
    world.tokens.set(accessToken, {
      accessToken,
      kind: userId ? "user" : "app",
      clientId,
      userId,
      scopes: [],
      expiresAt: Number.MAX_SAFE_INTEGER,
      refreshToken: undefined,
    });
  add("a", "app", viewer.id);
  add("b", "other", viewer.id);
  add("c", "app", undefined);
  world.grant("app", viewer.id, ["chat:read"]);
  expect(operations.revokeAuthorization(world, "app", viewer).is).toBe("done");
  expect([...world.tokens.keys()]).toEqual(["b", "c"]);
  expect(world.hasGranted("app", viewer.id)).toBe(false);
});

test("an expired token keeps its refresh token", () => {
  world.tokens.set("a", {
    accessToken: "a",
    kind: "user",
    clientId: "app",
    userId: viewer.id,
    scopes: [],
    expiresAt: Number.MAX_SAFE_INTEGER,
    refreshToken: "r",
  });
  operations.expireTokensOf(world, viewer);
  expect(world.tokens.get("a")).toMatchObject({ expiresAt: world.clock.now(), refreshToken: "r" });
  expect(kinds).toEqual(["token-expired"]);
});
