/** EventSub without the hub: the library's listener behind our fence, against the simulator, with real sockets and a real clock. */
import * as v from "valibot";
import { afterEach, beforeEach, expect, test } from "vitest";
import { systemClock } from "../../shared/clock.ts";
import { ChannelId, UserId } from "../../shared/ids.ts";
import { parseEvent } from "../../shared/twitch/parse-event.ts";
import type { Topic } from "../../shared/twitch/topics.ts";
import { type Sim, startSim } from "../../sim/server.ts";
import { updateChannel } from "../../sim/world/operations.ts";
import { type DirectEvents, startDirectEvents } from "../../worker/direct/direct-events.ts";
import { makeOpenListener } from "../../worker/direct/open-listener.external.ts";
import { openDialCounter } from "../support/dial-counter.ts";
import { APPLICATION, makeTownScenario, TOWN_BOT } from "../support/eventsub-town.ts";
import { silentLog } from "../support/silent-log.ts";

const CHANNEL = "town_0";
const TOPICS: readonly Topic[] = ["stream.online", "channel.update", "channel.follow"];

let sim: Sim;
let counter: Awaited<ReturnType<typeof openDialCounter>>;
let events: DirectEvents | undefined;
let titles: string[];
let refused: string[];
let rests: number[];
let notYet: Topic[];
let heard: () => void;
/** How often all topics stood, one connection after the other. */
let settledTimes: number;

beforeEach(async () => {
  sim = await startSim({ scenario: makeTownScenario(1) });
  counter = await openDialCounter(sim.port);
  titles = [];
  refused = [];
  rests = [];
  notYet = [];
  settledTimes = 0;
  heard = () => {};
});
afterEach(async () => {
  events?.stop();
  events = undefined;
  await counter.close();
  await sim.stop();
});

/** Resolves when each topic stands, or was refused. */
function listen(topics = TOPICS): Promise<void> {
  const botId = v.parse(UserId, sim.world.getUser(TOWN_BOT.login).id);
  const channelId = v.parse(ChannelId, sim.world.getUser(CHANNEL).id);
  const access = async () => ({
    accessToken: TOWN_BOT.accessToken,
    refreshToken: null,
    scope: [],
    expiresIn: null,
    obtainmentTimestamp: 0,
    userId: botId,
  });
  events = startDirectEvents({
    open: makeOpenListener({
      urls: {
        helix: `http://127.0.0.1:${sim.port}/helix`,
        eventsub: `ws://127.0.0.1:${counter.port}/ws`,
      },
      authProvider: {
        clientId: APPLICATION.clientId,
        getCurrentScopesForUser: () => [],
        getAccessTokenForUser: access,
        getAnyAccessToken: access,
      },
      channelId,
      botId,
      clock: systemClock,
      log: silentLog,
    }),
    onEvent({ topic, body }) {
      const parsed = parseEvent(topic, body);
      if (parsed.is === "event" && parsed.body.topic === "channel.update") titles.push(parsed.body.title);
      heard();
    },
    onRefused: (topic, problem) => refused.push(`${topic}: ${problem}`),
    onNotYet: (topic) => notYet.push(topic),
    onAway: (_problem, forMs) => rests.push(forMs),
    clock: systemClock,
    random: () => 0,
    log: silentLog,
  });
  return new Promise((resolve) =>
    events?.want(topics, () => {
      settledTimes += 1;
      resolve();
    }),
  );
}
async function told(title: string): Promise<void> {
  const arrived = new Promise<void>((resolve) => {
    heard = () => titles.includes(title) && resolve();
  });
  updateChannel(sim.world, sim.world.getChannel(CHANNEL), { title });
  await arrived;
}
/** A title that is told as soon as the next connection hears it, and all other topics stand there, too. */
async function toldAgain(prefix: string): Promise<void> {
  let isHeard = false;
  heard = () => {
    isHeard ||= titles.some((title) => title.startsWith(prefix));
  };
  for (let count = 0; !isHeard || settledTimes < 2; count += 1) {
    updateChannel(sim.world, sim.world.getChannel(CHANNEL), { title: `${prefix} ${count}` });
    await new Promise<void>((resolve) => systemClock.after(50, resolve));
  }
}

test("one connection carries all topics, the bot's own too, and events come as Twitch sent them", async () => {
  await listen();
  expect(refused).toEqual([]);
  await told("Direct");
  expect(counter.dials()).toBe(1);
});

test("what Twitch refuses is told, and does not hold up the rest", async () => {
  await listen(["channel.update", "channel.cheer"]);
  expect(refused).toEqual([expect.stringContaining("channel.cheer: ")]);
  await told("Though refused");
});

const answerCreates = (status: number, count: number) =>
  sim.faults.apply({ do: "answer", place: "helix", status, path: "/eventsub/subscriptions", count });

test("what Helix fails at for longer than the library tries is tried again, on the same connection", async () => {
  const libraryTries = 4;
  answerCreates(503, libraryTries * TOPICS.length);
  await listen();
  expect(new Set(notYet)).toEqual(new Set(TOPICS));
  expect([refused, rests, counter.dials()]).toEqual([[], [], 1]);
  await told("After 503");
});

test("what is there already, nobody knows where, is asked for on another connection", async () => {
  answerCreates(409, 1);
  await listen();
  expect([refused, rests, counter.dials()]).toEqual([[], [500], 2]);
  await told("After 409");
});

test("a frame that is no JSON costs nothing", async () => {
  await listen();
  sim.faults.apply({ do: "garble", place: "eventsub", with: "not-json" });
  sim.faults.apply({ do: "garble", place: "eventsub", with: "unknown-type" });
  await told("After garbage");
  expect(counter.dials()).toBe(1);
});

test("asked to move, it hears on, on a new connection", async () => {
  await listen();
  sim.faults.apply({ do: "send-reconnect", place: "eventsub" });
  await told("During the move");
  await toldAgain("Moved");
  expect(counter.dials()).toBe(2);
  expect(rests).toEqual([]);
});

test("cut, it rests and comes back", async () => {
  await listen();
  sim.faults.apply({ do: "cut", place: "eventsub" });
  await toldAgain("Back");
  expect(rests).toEqual([500]);
  expect(counter.dials()).toBe(2);
});

test("accepted and closed at once: it dials no more than its rests allow", async () => {
  await listen();
  sim.faults.apply({ do: "accept-then-close", place: "eventsub", on: true });
  sim.faults.apply({ do: "cut", place: "eventsub" });
  const before = counter.dials();
  await new Promise<void>((resolve) => {
    const look = () => (rests.length >= 3 ? resolve() : systemClock.after(20, look));
    look();
  });
  expect(rests).toEqual([500, 1_000, 2_000]);
  expect(counter.dials() - before).toBeLessThanOrEqual(3);
});
