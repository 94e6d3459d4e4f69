import { afterEach, describe, expect, test } from "vitest";
import { type FakeClock, makeFakeClock } from "../../tests/support/fake-clock.ts";
import { silentLog } from "../../tests/support/silent-log.ts";
import { type EventSubSession, KEEPALIVE_SECONDS, makeEventSubSession } from "./session.ts";
import type { SocketListeners } from "./socket.ts";

const BASE = "ws://sim/ws";
const DIALLED = `${BASE}?keepalive_timeout_seconds=${KEEPALIVE_SECONDS}`;
const SILENCE_MS = KEEPALIVE_SECONDS * 1_000 + 3_000;

interface Dialled {
  readonly url: string;
  readonly listen: SocketListeners;
  isDiscarded: boolean;
}

const frame = (type: string, payload: unknown = {}, id = type) =>
  JSON.stringify({
    metadata: { message_id: id, message_type: type, message_timestamp: "2026-01-01T00:00:00Z" },
    payload,
  });
const welcome = (id: string) =>
  frame("session_welcome", { session: { id, keepalive_timeout_seconds: KEEPALIVE_SECONDS } });
const reconnect = (url: string | null) =>
  frame("session_reconnect", { session: { id: "a", reconnect_url: url } });
const notification = (id: string) =>
  frame(
    "notification",
    { subscription: { id: "s", type: "stream.online", status: "enabled", condition: {} }, event: { a: 1 } },
    id,
  );

let session: EventSubSession | undefined;
afterEach(() => session?.stop());

function open() {
  const clock: FakeClock = makeFakeClock();
  const sockets: Dialled[] = [];
  const told: string[] = [];
  session = makeEventSubSession({
    url: BASE,
    dial(url, listen) {
      const socket: Dialled = { url, listen, isDiscarded: false };
      sockets.push(socket);
      return {
        discard() {
          socket.isDiscarded = true;
        },
      };
    },
    clock,
    random: () => 0,
    log: silentLog,
    listeners: {
      onLive: (id) => told.push(`live ${id}`),
      onLost: (because) => told.push(`lost: ${because}`),
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
  return { clock, sockets, socket, told, state: () => session?.state() };
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

  test("moves when asked: both sockets are open until the new welcome, and no event is lost", () => {
    const { sockets, socket, told } = open();
    socket(0).listen.onFrame(welcome("a"));
    socket(0).listen.onFrame(reconnect("ws://sim/move?id=1"));
    expect(sockets.map((one) => one.url)).toEqual([DIALLED, "ws://sim/move?id=1"]);
    socket(0).listen.onFrame(notification("old"));
    expect(socket(0).isDiscarded).toBe(false);
    socket(1).listen.onFrame(welcome("a2"));
    expect(socket(0).isDiscarded).toBe(true);
    socket(1).listen.onFrame(notification("new"));
    expect(told).toEqual(["live a", "event old", "live a2", "event new"]);
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
    expect(told).toEqual(["live a", "live a2"]);
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
