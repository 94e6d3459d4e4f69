import { afterEach, describe, expect, test } from "vitest";
import { type FakeClock, makeFakeClock } from "../../tests/support/fake-clock.ts";
import { silentLog } from "../../tests/support/silent-log.ts";
import { closePolicyOf, RESTS } from "./close-codes.ts";
import { KEEPALIVE_GRACE_MS, KEEPALIVE_SECONDS, makeEventSubSession } from "./session.ts";
import type { EventSubSession } from "./session-contract.ts";
import type { SocketListeners } from "./socket.ts";
import { MESSAGE_AGE_MAX_MS } from "./twitch-time.ts";

const BASE = "ws://sim/ws";
const DIALLED = `${BASE}?keepalive_timeout_seconds=${KEEPALIVE_SECONDS}`;
const SILENCE_MS = KEEPALIVE_SECONDS * 1_000 + KEEPALIVE_GRACE_MS;
const TWITCH_STARTS_AT = Date.UTC(2031, 4, 5);

interface Dialled {
  readonly url: string;
  readonly listen: SocketListeners;
  isDiscarded: boolean;
  wasToldGoodbye: boolean;
}

const frame = (type: string, payload: unknown = {}, id = type, agoMs = 0) =>
  JSON.stringify({
    metadata: {
      message_id: id,
      message_type: type,
      message_timestamp: new Date(TWITCH_STARTS_AT - agoMs).toISOString(),
    },
    payload,
  });
const welcome = (id: string) =>
  frame("session_welcome", { session: { id, keepalive_timeout_seconds: KEEPALIVE_SECONDS } });
const reconnect = (url: string | null) =>
  frame("session_reconnect", { session: { id: "a", reconnect_url: url } });
const notification = (id: string, agoMs = 0) =>
  frame(
    "notification",
    { subscription: { id: "s", type: "stream.online", status: "enabled", condition: {} }, event: { a: 1 } },
    id,
    agoMs,
  );

let session: EventSubSession | undefined;
afterEach(() => session?.stop());

function open() {
  const clock: FakeClock = makeFakeClock();
  const sockets: Dialled[] = [];
  const told: string[] = [];
  let isWanted = true;
  session = makeEventSubSession({
    url: BASE,
    dial(url, listen) {
      const socket: Dialled = { url, listen, isDiscarded: false, wasToldGoodbye: false };
      sockets.push(socket);
      return {
        discard() {
          socket.isDiscarded = true;
        },
        sayGoodbye() {
          socket.wasToldGoodbye = true;
        },
      };
    },
    clock,
    random: () => 0,
    log: silentLog,
    isWanted: () => isWanted,
    listeners: {
      onLive: (id) => told.push(`live ${id}`),
      onMoved: (id, before) => told.push(`moved ${before} to ${id}`),
      onLost: ({ because }) => told.push(`lost: ${because}`),
      onNotification: (one) => told.push(`event ${one.messageId}`),
      onRevocation: (one) => told.push(`revoked ${one.subscriptionId}`),
    },
  });
  session.begin();
  const socket = (index: number) => {
    const found = sockets[index];
    if (!found) throw new Error(`only ${sockets.length} sockets were dialled`);
    return found;
  };
  return {
    clock,
    sockets,
    socket,
    told,
    state: () => session?.state(),
    nobodyWants: () => {
      isWanted = false;
    },
  };
}

describe("an EventSub session", () => {
  test("is welcomed, stays live on keepalives and hands on what comes", async () => {
    const { clock, socket, told, state } = open();
    expect(socket(0).url).toBe(DIALLED);
    socket(0).listen.onFrame(welcome("a"));
    for (let beats = 0; beats < 5; beats += 1) {
      await clock.advance(SILENCE_MS - 1);
      socket(0).listen.onFrame(frame("session_keepalive"));
    }
    socket(0).listen.onFrame(notification("n1"));
    socket(0).listen.onFrame(
      frame("revocation", { subscription: { id: "s9", type: "x", status: "user_removed", condition: {} } }),
    );
    expect(told).toEqual(["live a", "event n1", "revoked s9"]);
    expect(state()).toMatchObject({ mode: "live", sessionId: "a", reconnects: 0 });
  });

  test("does not wait for ever for a welcome, nor for a keepalive", async () => {
    const { clock, sockets, socket, told } = open();
    await clock.advance(10_000);
    expect(socket(0).isDiscarded).toBe(true);
    await clock.advance(250);
    expect(sockets).toHaveLength(2);
    socket(1).listen.onFrame(welcome("b"));
    await clock.advance(SILENCE_MS);
    expect(told).toEqual(["live b", "lost: no keepalive in time"]);
    expect(socket(1).isDiscarded).toBe(true);
  });

  test("a process that was kept from running reads what has come before it calls a connection silent", async () => {
    const { clock, socket, told, state } = open();
    socket(0).listen.onFrame(welcome("a"));
    clock.sleep(60_000);
    await clock.advance(0);
    socket(0).listen.onFrame(notification("waiting"));
    await clock.advance(10_000);
    expect(state()).toMatchObject({ mode: "live", sessionId: "a" });
    await clock.advance(3_000);
    expect(told).toEqual(["live a", "event waiting", "lost: no keepalive in time"]);
  });

  test("what waits on an old connection while the process stands still is not thrown away", async () => {
    const { clock, socket, told } = open();
    socket(0).listen.onFrame(welcome("a"));
    socket(0).listen.onFrame(reconnect("ws://sim/move"));
    socket(1).listen.onFrame(welcome("a2"));
    clock.sleep(5_000);
    await clock.advance(0);
    socket(0).listen.onFrame(notification("old"));
    await clock.advance(50);
    socket(1).listen.onFrame(notification("new"));
    expect(told).toEqual(["live a", "moved a to a2", "event old", "event new"]);
  });

  test("rests longer each time, also when the other side welcomes and closes at once", async () => {
    const { clock, sockets, socket } = open();
    const dialsAt: number[] = [];
    for (let count = 0; count < 9; count += 1) {
      dialsAt.push(clock.now());
      const known = sockets.length;
      socket(count).listen.onFrame(welcome(`s${count}`));
      socket(count).listen.onEnd(4000, "");
      while (sockets.length === known) await clock.advance(50);
    }
    const rests = dialsAt.slice(1).map((at, index) => at - (dialsAt[index] ?? 0));
    expect(rests).toEqual([250, 500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000]);
  });

  test("starts with short rests again after a session that stood", async () => {
    const { clock, sockets, socket } = open();
    for (let count = 0; count < 4; count += 1) {
      socket(count).listen.onEnd(1006, "");
      await clock.advance(10_000);
    }
    socket(4).listen.onFrame(welcome("good"));
    await clock.advance(SILENCE_MS - 1);
    socket(4).listen.onFrame(frame("session_keepalive"));
    await clock.advance(SILENCE_MS - 1);
    socket(4).listen.onFrame(frame("session_keepalive"));
    await clock.advance(SILENCE_MS - 1);
    socket(4).listen.onEnd(1006, "");
    await clock.advance(250);
    expect(sockets).toHaveLength(6);
  });

  test("so it does when that one was moved a moment before its end", async () => {
    const { clock, sockets, socket } = open();
    for (let count = 0; count < 8; count += 1) {
      socket(count).listen.onEnd(1006, "");
      while (sockets.length === count + 1) await clock.advance(50);
    }
    socket(8).listen.onFrame(welcome("good"));
    for (let beats = 0; beats < 4; beats += 1) {
      await clock.advance(KEEPALIVE_SECONDS * 1_000);
      socket(8).listen.onFrame(frame("session_keepalive"));
    }
    socket(8).listen.onFrame(reconnect("ws://sim/move"));
    socket(9).listen.onFrame(welcome("moved"));
    await clock.advance(5_000);
    socket(9).listen.onEnd(1006, "");
    await clock.advance(250);
    expect(sockets.map(({ url }) => url).slice(8)).toEqual([DIALLED, "ws://sim/move", DIALLED]);
  });

  test("moves when asked: both sockets are open until the new welcome, and no event is lost", () => {
    const { sockets, socket, told } = open();
    socket(0).listen.onFrame(welcome("a"));
    socket(0).listen.onFrame(reconnect("ws://sim/move?id=1"));
    expect(sockets.map((one) => one.url)).toEqual([DIALLED, "ws://sim/move?id=1"]);
    socket(0).listen.onFrame(notification("old"));
    expect(socket(0).isDiscarded).toBe(false);
    socket(1).listen.onFrame(welcome("a2"));
    expect(socket(0)).toMatchObject({ wasToldGoodbye: true, isDiscarded: false });
    // What was sent on the old connection may come after the new one's welcome, and belongs before what that brings.
    socket(1).listen.onFrame(notification("new"));
    socket(0).listen.onFrame(notification("late"));
    socket(0).listen.onEnd(1000, "");
    expect(socket(0).isDiscarded).toBe(true);
    socket(1).listen.onFrame(notification("newer"));
    expect(told).toEqual(["live a", "event old", "moved a to a2", "event late", "event new", "event newer"]);
  });

  test("waits no longer than two seconds for what an old connection still brings, and stays live meanwhile", async () => {
    const { clock, socket, told, state } = open();
    socket(0).listen.onFrame(welcome("a"));
    socket(0).listen.onFrame(reconnect("ws://sim/move"));
    socket(1).listen.onFrame(welcome("a2"));
    socket(1).listen.onFrame(notification("new"));
    socket(0).listen.onFrame("garbage");
    socket(0).listen.onFrame(frame("session_keepalive"));
    await clock.advance(1_999);
    expect(told).toEqual(["live a", "moved a to a2"]);
    await clock.advance(1);
    expect(told).toEqual(["live a", "moved a to a2", "event new"]);
    expect(socket(0).isDiscarded).toBe(true);
    expect(state()).toMatchObject({ mode: "live", sessionId: "a2", oddFrames: 0 });
  });

  test("loses nothing that it holds back when it is stopped, or when the new connection ends", () => {
    for (const ends of [true, false]) {
      const { socket, told } = open();
      socket(0).listen.onFrame(welcome("a"));
      socket(0).listen.onFrame(reconnect("ws://sim/move"));
      socket(1).listen.onFrame(welcome("a2"));
      socket(1).listen.onFrame(notification("new"));
      if (ends) socket(1).listen.onEnd(1006, "");
      session?.stop();
      expect(told).toContain("event new");
    }
  });

  test("stays on the old connection when the move fails, and dials anew only when that ends", async () => {
    const { clock, sockets, socket, state } = open();
    socket(0).listen.onFrame(welcome("a"));
    socket(0).listen.onFrame(reconnect("ws://sim/move"));
    socket(1).listen.onEnd(4007, "");
    expect(state()).toMatchObject({ mode: "live", sessionId: "a" });
    socket(0).listen.onEnd(4004, "");
    await clock.advance(250);
    expect(sockets.map((one) => one.url)).toEqual([DIALLED, "ws://sim/move", DIALLED]);
  });

  test("goes on waiting for the new welcome when the old connection ends first", async () => {
    const { clock, socket, told } = open();
    socket(0).listen.onFrame(welcome("a"));
    socket(0).listen.onFrame(reconnect("ws://sim/move"));
    socket(0).listen.onEnd(4004, "");
    socket(1).listen.onFrame(welcome("a2"));
    expect(told).toEqual(["live a", "moved a to a2"]);
    told.length = 0;
    socket(1).listen.onFrame(reconnect("ws://sim/again"));
    socket(1).listen.onEnd(4004, "");
    await clock.advance(10_000);
    expect(socket(2).isDiscarded).toBe(true);
    expect(told).toEqual(["lost: no welcome in time"]);
    await clock.advance(1_000);
    expect(socket(3).url).toBe(DIALLED);
  });

  test.each([
    ["not JSON at all"],
    ["{}"],
    [frame("session_telepathy")],
    [reconnect(null)],
    [reconnect("::")],
    [frame("notification", { event: 7 })],
    [""],
  ])("a frame it can't use is no reason to hang up: %s", (text) => {
    const { sockets, socket, state } = open();
    socket(0).listen.onFrame(welcome("a"));
    socket(0).listen.onFrame(text);
    expect(state()).toMatchObject({ mode: "live" });
    expect(sockets).toHaveLength(1);
  });

  test("a connection that brings nothing but garbage is as good as silent", async () => {
    const { clock, socket, told, state } = open();
    socket(0).listen.onFrame(welcome("a"));
    for (let count = 0; count < 4; count += 1) {
      await clock.advance(SILENCE_MS / 4);
      socket(0).listen.onFrame("\u0000\u0001 not JSON");
    }
    expect(told).toEqual(["live a", "lost: no keepalive in time"]);
    expect(state()).toMatchObject({ oddFrames: 3 });
  });

  test("a second welcome to the same session changes nothing, one to another session ends the connection", async () => {
    const { clock, sockets, socket, told, state } = open();
    socket(0).listen.onFrame(welcome("a"));
    socket(0).listen.onFrame(welcome("a"));
    expect(state()).toMatchObject({ mode: "live", sessionId: "a", oddFrames: 1 });
    socket(0).listen.onFrame(welcome("b"));
    expect(told).toEqual(["live a", "lost: one connection was welcomed as two sessions"]);
    await clock.advance(250);
    expect(sockets).toHaveLength(2);
  });

  test("hands on nothing that is older than Twitch's rule allows, by Twitch's clock and not by ours", async () => {
    const { clock, socket, told, state } = open();
    socket(0).listen.onFrame(welcome("a"));
    socket(0).listen.onFrame(notification("fresh"));
    socket(0).listen.onFrame(notification("late", MESSAGE_AGE_MAX_MS));
    socket(0).listen.onFrame(notification("old", MESSAGE_AGE_MAX_MS + 1));
    await clock.advance(1_000);
    socket(0).listen.onFrame(notification("aged meanwhile", MESSAGE_AGE_MAX_MS));
    expect(told).toEqual(["live a", "event fresh", "event late"]);
    expect(state()).toMatchObject({ mode: "live", oddFrames: 2 });
  });

  test("a time that can't be read keeps no event back", () => {
    const { socket, told } = open();
    socket(0).listen.onFrame(welcome("a"));
    socket(0).listen.onFrame(notification("n").replace(/2031-[^"]*/, "yesterday"));
    expect(told).toEqual(["live a", "event n"]);
  });

  test("tells what it knows of its connection", async () => {
    const { clock, socket, state } = open();
    socket(0).listen.onFrame(welcome("a"));
    await clock.advance(4_000);
    socket(0).listen.onFrame(frame("session_keepalive"));
    await clock.advance(1_000);
    expect(state()).toEqual({
      mode: "live",
      sessionId: "a",
      connectedForMs: 5_000,
      lastFrameAgoMs: 1_000,
      lastKeepaliveAgoMs: 1_000,
      keepaliveSeconds: KEEPALIVE_SECONDS,
      reconnects: 0,
      lastEnd: undefined,
      oddFrames: 0,
    });
    socket(0).listen.onEnd(4005, "");
    await clock.advance(1_000);
    socket(1).listen.onFrame(welcome("b"));
    expect(state()).toMatchObject({ reconnects: 1, lastEnd: { code: 4005, agoMs: 1_000 } });
  });

  test("a connection that ends while nobody wants events is not followed by another, until somebody does", async () => {
    const { clock, sockets, socket, state, nobodyWants } = open();
    socket(0).listen.onFrame(welcome("a"));
    nobodyWants();
    socket(0).listen.onEnd(4003, "connection unused");
    await clock.advance(3_600_000);
    expect(sockets).toHaveLength(1);
    expect(state()).toMatchObject({ mode: "idle" });
    expect(clock.pending()).toBe(0);
  });

  test("begins only when asked, and leaves nothing behind when stopped in any mode", async () => {
    const { clock, socket } = open();
    session?.begin();
    socket(0).listen.onFrame(welcome("a"));
    socket(0).listen.onFrame(reconnect("ws://sim/move"));
    session?.stop();
    expect([socket(0).isDiscarded, socket(1).isDiscarded]).toEqual([true, true]);
    expect(clock.pending()).toBe(0);
  });
});

/** When the first and the third dial come after a connection that ended like this, and the ones after those, too. */
describe.each([
  [0, "rested", "network"],
  [1000, "rested", "twitch"],
  [1001, "rested", "twitch"],
  [1006, "soon", "network"],
  [1009, "rested", "twitch"],
  [4000, "rested", "twitch"],
  [4001, "late", "bug"],
  [4002, "soon", "house"],
  [4003, "when-wanted", "house"],
  [4004, "soon", "network"],
  [4005, "soon", "network"],
  [4006, "soon", "network"],
  [4007, "soon", "network"],
  [4999, "rested", "twitch"],
] as const)("close code %d", (code, dial, whose) => {
  test(`is followed by a ${dial} dial of the base address and laid at ${whose}'s door`, async () => {
    const { clock, sockets, socket, told, state } = open();
    if (code !== 0) socket(0).listen.onFrame(welcome("a"));
    socket(0).listen.onEnd(code, "");
    const policy = closePolicyOf(code);
    expect(policy).toMatchObject({ dial, whose });
    expect(policy.means).not.toBe("");
    expect(policy.operator).not.toBe("");
    expect(told.slice(1)).toEqual(code === 0 ? [] : [`lost: ${policy.means} (${code})`]);
    expect(state()).toMatchObject({ mode: "resting", lastEnd: { code, policy } });
    const shortest = RESTS[dial].first / 2;
    await clock.advance(shortest - 1);
    expect(sockets).toHaveLength(1);
    await clock.advance(1);
    expect(sockets.map((one) => one.url)).toEqual([DIALLED, DIALLED]);
  });

  test("comes again and again: the dials grow rare", async () => {
    const { clock, sockets, socket } = open();
    const hourMs = 3_600_000;
    for (const until = clock.now() + hourMs; clock.now() < until; await clock.advance(500)) {
      const newest = sockets.length - 1;
      if (socket(newest).isDiscarded) continue;
      socket(newest).listen.onEnd(code, "");
      socket(newest).isDiscarded = true;
    }
    expect(sockets.length).toBeLessThan(hourMs / 30_000 + 12);
    expect(sockets.length).toBeGreaterThan(4);
  });
});
