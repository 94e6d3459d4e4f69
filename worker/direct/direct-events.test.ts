import { expect, test } from "vitest";
import type { Topic } from "../../shared/twitch/topics.ts";
import { makeFakeClock } from "../../tests/support/fake-clock.ts";
import { silentLog } from "../../tests/support/silent-log.ts";
import { startDirectEvents } from "./direct-events.ts";
import type { DirectListening } from "./direct-listener.ts";

const TOPICS: readonly Topic[] = ["stream.online", "stream.offline"];

function makeRoom() {
  const clock = makeFakeClock();
  const opened: (DirectListening & { isStopped: boolean; readonly again: Topic[] })[] = [];
  const heard: string[] = [];
  const away: number[] = [];
  const refused: string[] = [];
  const waits: number[] = [];
  const events = startDirectEvents({
    open(listening) {
      const one = { ...listening, isStopped: false, again: [] as Topic[] };
      opened.push(one);
      return {
        tryAgain: (topic) => void one.again.push(topic),
        stop() {
          one.isStopped = true;
        },
      };
    },
    onEvent: ({ messageId }) => heard.push(messageId),
    onRefused: (topic) => refused.push(topic),
    onNotYet: (_topic, _problem, forMs) => waits.push(forMs),
    onAway: (_problem, forMs) => away.push(forMs),
    clock,
    random: () => 0,
    log: silentLog,
  });
  let settled = 0;
  const want = (topics = TOPICS) => events.want(topics, () => (settled += 1));
  const last = () => {
    const found = opened.at(-1);
    if (!found) throw new Error("nothing was opened");
    return found;
  };
  const stand = (listening = last()) => {
    listening.onReady();
    for (const topic of listening.topics) listening.onSubscribed(topic);
  };
  return { clock, opened, heard, away, refused, waits, events, want, last, stand, settled: () => settled };
}

test("settled when each topic stands or was refused", () => {
  const room = makeRoom();
  room.want();
  room.last().onReady();
  room.last().onSubscribed("stream.online");
  expect(room.settled()).toBe(0);
  room.last().onRefused("stream.offline", "403");
  expect(room.settled()).toBe(1);
  expect(room.refused).toEqual(["stream.offline"]);
  expect(room.events.isOpen()).toBe(true);
  room.events.stop();
  expect(room.last().isStopped).toBe(true);
  expect(room.clock.pending()).toBe(0);
});

test("a topic that nobody gave is tried again, with rests that grow, until it stands; only then all is settled", async () => {
  const room = makeRoom();
  room.want();
  const listening = room.last();
  listening.onReady();
  listening.onSubscribed("stream.offline");
  for (let count = 0; count < 9; count += 1) {
    listening.onNotYet("stream.online", { is: "away", problem: "503" });
    expect(listening.again).toHaveLength(count);
    await room.clock.advance(room.waits.at(-1) ?? 0);
    expect(listening.again).toHaveLength(count + 1);
  }
  expect(room.waits).toEqual([500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
  expect(new Set(listening.again)).toEqual(new Set(["stream.online"]));
  expect([room.settled(), room.refused, room.opened.length]).toEqual([0, [], 1]);
  listening.onSubscribed("stream.online");
  expect(room.settled()).toBe(1);
  room.events.stop();
  expect(room.clock.pending()).toBe(0);
});

test("a topic that there is no room for is refused in the end, and tried on: the others are not kept waiting", async () => {
  const room = makeRoom();
  room.want();
  const listening = room.last();
  listening.onReady();
  listening.onSubscribed("stream.offline");
  for (let count = 0; count < 8; count += 1) {
    listening.onNotYet("stream.online", { is: "doubtful", problem: "429 cost exceeded" });
    expect(room.settled()).toBe(count < 5 ? 0 : 1);
    await room.clock.advance(60_000);
  }
  expect(room.refused).toEqual(["stream.online"]);
  expect(listening.again).toHaveLength(8);
  room.events.stop();
});

test("a connection that ends takes its rests with it", async () => {
  const room = makeRoom();
  room.want();
  const first = room.last();
  first.onReady();
  first.onNotYet("stream.online", { is: "away", problem: "503" });
  first.onEnd("cut");
  await room.clock.advance(60_000);
  expect(first.again).toEqual([]);
  room.stand();
  expect(room.settled()).toBe(1);
  room.events.stop();
  expect(room.clock.pending()).toBe(0);
});

test("accepted and closed at once, again and again: rests grow, and each listener dials once", async () => {
  const room = makeRoom();
  room.want();
  for (let count = 0; count < 8; count += 1) {
    room.last().onReady();
    room.last().onEnd("closed");
    await room.clock.advance(room.away.at(-1) ?? 0);
  }
  expect(room.away).toEqual([500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
  expect(room.opened).toHaveLength(9);
  expect(room.opened.slice(0, -1).every((one) => one.isStopped)).toBe(true);
  room.events.stop();
});

test("a connection that was good rests shortly again", async () => {
  const room = makeRoom();
  room.want();
  for (let count = 0; count < 4; count += 1) {
    room.last().onEnd("refused");
    await room.clock.advance(room.away.at(-1) ?? 0);
  }
  room.stand();
  await room.clock.advance(60_000);
  room.last().onEnd("cut");
  expect(room.away.at(-1)).toBe(500);
  room.events.stop();
});

test("no welcome: it does not wait for ever", async () => {
  const room = makeRoom();
  room.want();
  await room.clock.advance(15_000);
  expect(room.last().isStopped).toBe(true);
  await room.clock.advance(500);
  expect(room.opened).toHaveLength(2);
  room.events.stop();
});

test("asked to move: the old one hears until the new one stands", async () => {
  const room = makeRoom();
  room.want();
  room.stand();
  const old = room.last();
  old.onMoveAsked();
  old.onMoveAsked();
  expect(room.opened).toHaveLength(2);
  old.onEvent({ messageId: "during", at: "", topic: "stream.online", body: {} });
  room.stand();
  await room.clock.advance(1_999);
  expect(old.isStopped).toBe(false);
  await room.clock.advance(1);
  expect(old.isStopped).toBe(true);
  expect(room.events.isOpen()).toBe(true);
  expect(room.heard).toEqual(["during"]);
  expect(room.away).toEqual([]);
  room.events.stop();
  expect(room.clock.pending()).toBe(0);
});

test("the old one ends while the move is under way: the new one takes its place", async () => {
  const room = makeRoom();
  room.want();
  room.stand();
  const old = room.last();
  old.onMoveAsked();
  old.onEnd("4004");
  room.stand();
  await room.clock.advance(10_000);
  expect(room.opened).toHaveLength(2);
  expect(room.last().isStopped).toBe(false);
  room.events.stop();
});

test("a move that fails leaves the old one until that ends", async () => {
  const room = makeRoom();
  room.want();
  room.stand();
  const old = room.last();
  old.onMoveAsked();
  room.last().onEnd("refused");
  expect(old.isStopped).toBe(false);
  old.onEnd("4004");
  await room.clock.advance(500);
  expect(room.opened).toHaveLength(3);
  room.events.stop();
});

test("another wish closes what was and begins anew; no wish opens nothing", () => {
  const room = makeRoom();
  room.want([]);
  expect(room.opened).toHaveLength(0);
  expect(room.settled()).toBe(1);
  room.want();
  room.want(["channel.update"]);
  expect(room.opened.map((one) => one.isStopped)).toEqual([true, false]);
  room.events.stop();
});
