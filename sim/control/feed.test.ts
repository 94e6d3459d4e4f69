import { afterEach, beforeEach, expect, test } from "vitest";
import { startSimClock } from "../clock.ts";
import { makeRandom } from "../random.ts";
import { follow, goLive } from "../world/operations.ts";
import { makeWorld, type World } from "../world/world.ts";
import { type Feed, makeFeed } from "./feed.ts";

let world: World;
let feed: Feed;

beforeEach(() => {
  world = makeWorld({ clock: startSimClock({ startAt: 0, speed: 1e-9 }), random: makeRandom(1) });
  world.addUser({ login: "alice" });
  feed = makeFeed(world);
});
afterEach(() => {
  feed.close();
  world.clock.stop();
});

/** Reads entries as they come; each chunk is one line. */
function read(stream: ReadableStream<Uint8Array>) {
  const reader = stream.getReader();
  const next = async () => {
    const { value, done } = await reader.read();
    return done ? undefined : (JSON.parse(new TextDecoder().decode(value)) as Record<string, unknown>);
  };
  return { next, stop: () => reader.cancel() };
}

test("opens with a line of its own, then tells what happens in order, in logins", async () => {
  const { next, stop } = read(feed.open(() => true));
  goLive(world, world.getChannel("alice"), { title: "Hi" });
  follow(world, world.getChannel("alice"), world.addUser({ login: "viewer" }));
  feed.tell("problem", { sentence: "x" });
  expect(await next()).toMatchObject({ kind: "feed-opened" });
  expect(await next()).toMatchObject({ kind: "channel-updated", channel: "alice", title: "Hi" });
  expect(await next()).toMatchObject({ kind: "stream-online", channel: "alice", title: "Hi" });
  expect(await next()).toEqual({
    kind: "followed",
    at: "1970-01-01T00:00:00.000Z",
    channel: "alice",
    user: "viewer",
  });
  expect(await next()).toMatchObject({ kind: "problem", sentence: "x" });
  await stop();
  expect(feed.readers()).toBe(0);
});

test("a reader hears only what it asked for", async () => {
  const { next, stop } = read(feed.open(({ kind }) => kind === "wanted"));
  feed.tell("unwanted", {});
  feed.tell("wanted", {});
  await next();
  expect(await next()).toMatchObject({ kind: "wanted" });
  await stop();
});

test("who reads too slowly loses the oldest and is told how many", async () => {
  const { next, stop } = read(feed.open(() => true));
  for (let number = 0; number < 2_100; number += 1) feed.tell("tick", { number });
  const seen: Record<string, unknown>[] = [];
  for (let entry = await next(); entry; entry = await next()) {
    seen.push(entry);
    if (entry.number === 2_099) break;
  }
  await stop();
  const missed = seen
    .filter(({ kind }) => kind === "missed")
    .reduce((sum, { count }) => sum + Number(count), 0);
  expect(missed).toBeGreaterThan(0);
  expect(seen.filter(({ kind }) => kind === "tick")).toHaveLength(2_100 - missed);
});

test("closing ends every reader", async () => {
  const { next } = read(feed.open(() => true));
  await next();
  feed.close();
  expect(await next()).toBeUndefined();
});
