import { afterEach, describe, expect, test } from "vitest";
import { makeFakeClock } from "../../tests/support/fake-clock.ts";
import { makeFakeDial } from "../../tests/support/fake-dial.ts";
import { silentLog } from "../../tests/support/silent-log.ts";
import { makeOwnCarriers } from "./own-carriers.ts";
import type { EventSubTransport } from "./transport.ts";
import { makeWebSocketTransport } from "./websocket-transport.ts";

let transport: EventSubTransport | undefined;
afterEach(() => transport?.stop());

const MINUTE_MS = 60_000;

function open(mayDial = () => true, createsPerSecond = 2) {
  const clock = makeFakeClock();
  const line = makeFakeDial();
  const told: string[] = [];
  const memory = new Map<string, string>();
  const own = makeOwnCarriers(
    { find: (key) => memory.get(key), put: (key, value) => void memory.set(key, value) },
    silentLog,
  );
  const made = makeWebSocketTransport({
    url: "ws://sim/ws",
    dial: line.dial,
    clock,
    random: () => 0,
    log: silentLog,
    own,
    createsPerSecond,
    mayDial,
    listeners: {
      onOpen: () => told.push("open"),
      onCarriers: () => told.push("carriers"),
      onLost: ({ because }) => told.push(`lost: ${because}`),
      onNotification: ({ messageId }) => told.push(`event ${messageId}`),
      onRevocation: () => told.push("revoked"),
    },
  });
  transport = made;
  const ids = () => ({
    current: made.carriers().current.map(({ id }) => id),
    retiring: made.carriers().retiring.map(({ id }) => id),
  });
  return { clock, line, told, transport: made, ids, memory };
}
type Opened = ReturnType<typeof open>;

/** So many live sessions: s1, s2 … */
function serve(opened: Opened, count: number) {
  opened.transport.begin();
  opened.transport.need(count);
  opened.line.sockets.forEach((socket, at) => {
    socket.welcome(`s${at + 1}`);
  });
  opened.told.length = 0;
}

describe("a WebSocket transport", () => {
  test("dials when it may and when somebody wants something, not before", () => {
    const { line, transport: made } = open();
    made.need(3);
    expect(line.sockets).toHaveLength(0);
    made.need(0);
    made.begin();
    expect(line.sockets).toHaveLength(0);
    made.need(1);
    made.need(2);
    expect(line.sockets).toHaveLength(1);
  });

  test("dials nothing while no subscription could be made, and dials when it can be", () => {
    let mayDial = false;
    const { line, transport: made } = open(() => mayDial);
    made.begin();
    made.need(1);
    expect(line.sockets).toHaveLength(0);
    mayDial = true;
    made.need(1);
    expect(line.sockets).toHaveLength(1);
  });

  test.each([
    [1, 1],
    [300, 1],
    [301, 2],
    [600, 2],
    [601, 3],
    [5_000, 3],
  ])("for %d subscriptions it opens %d connections", (count, connections) => {
    const opened = open();
    serve(opened, count);
    expect(opened.ids().current).toEqual(Array.from({ length: connections }, (_, at) => `s${at + 1}`));
  });

  test("notes a session as ours before it says that it can be used", () => {
    const opened = open();
    opened.transport.begin();
    opened.transport.need(1);
    opened.line.last().welcome("mine");
    expect(opened.told).toEqual(["open", "carriers"]);
    expect(opened.transport.carriers().isOurs("mine")).toBe(true);
    expect(opened.transport.carriers().isOurs("another's")).toBe(false);
    expect([...opened.memory.values()]).toEqual(["mine"]);
  });

  test("a session that Twitch moves keeps its subscriptions, also under a new name", () => {
    const opened = open();
    serve(opened, 1);
    opened.line.last().reconnect("ws://sim/moved");
    opened.line.last().welcome("s1-renamed");
    expect(opened.ids().current).toEqual(["s1-renamed"]);
    expect(opened.transport.carriers().nameOf("s1")).toBe("s1-renamed");
    expect(opened.transport.carriers().nameOf("other")).toBe("other");
    expect(opened.told).toEqual([]);
  });

  test("dials anew after a loss, and its new session inherits no names", async () => {
    const opened = open();
    serve(opened, 1);
    opened.line.last().end(4005);
    expect(opened.told).toEqual(["lost: Twitch's side of the network timed out (4005)", "carriers"]);
    await opened.clock.advance(100);
    opened.line.last().welcome("s2");
    expect(opened.ids().current).toEqual(["s2"]);
    expect(opened.transport.carriers().nameOf("s1")).toBe("s1");
  });

  test("closes its connections when nobody has wanted anything for a while, and not when a worker restarts", async () => {
    const opened = open();
    serve(opened, 1);
    const pass = (ms: number) => opened.line.live(opened.clock, ms);
    opened.transport.need(0);
    await pass(MINUTE_MS / 2);
    opened.transport.need(1);
    await pass(MINUTE_MS / 2);
    expect(opened.line.last().isDiscarded()).toBe(false);
    opened.transport.need(0);
    await pass(MINUTE_MS);
    expect(opened.line.last().isDiscarded()).toBe(true);
    opened.transport.need(1);
    expect(opened.line.sockets).toHaveLength(2);
  });

  test("a connection that ends while nobody wants anything comes back when somebody does", () => {
    const opened = open();
    serve(opened, 1);
    opened.transport.need(0);
    opened.line.last().end(4003);
    expect(opened.line.sockets).toHaveLength(1);
    opened.transport.need(1);
    expect(opened.line.sockets).toHaveLength(2);
  });

  test("gives up its last connection only when the others have room to spare, and closes it when it is empty", async () => {
    const opened = open();
    serve(opened, 301);
    opened.transport.need(290);
    expect(opened.ids()).toEqual({ current: ["s1", "s2"], retiring: [] });
    opened.transport.need(200);
    expect(opened.ids()).toEqual({ current: ["s1"], retiring: ["s2"] });
    opened.transport.letGo("s2");
    await opened.clock.advance(2_000);
    expect(opened.line.sockets[1]?.isDiscarded()).toBe(false);
    await opened.clock.advance(50);
    expect(opened.line.sockets[1]?.isDiscarded()).toBe(true);
    expect(opened.ids()).toEqual({ current: ["s1"], retiring: [] });
  });

  test("pauses, and resumes with new connections", () => {
    const opened = open();
    serve(opened, 301);
    opened.transport.pause();
    opened.transport.need(400);
    expect(opened.line.open()).toEqual([]);
    expect(opened.transport.state()).toMatchObject({ isPaused: true, connections: [] });
    opened.transport.resume();
    expect(opened.line.open()).toHaveLength(2);
  });

  test("leaves no timer and no socket behind", async () => {
    const opened = open();
    serve(opened, 301);
    void opened.transport.renew();
    opened.line.last().welcome("s3");
    opened.transport.letGo("s1");
    opened.transport.need(0);
    opened.transport.stop();
    await opened.clock.advance(0);
    expect(opened.line.open()).toEqual([]);
    expect(opened.clock.pending()).toBe(0);
  });
});

describe("a renewal", () => {
  test("opens a connection beside the old one and leaves that when everything has moved", async () => {
    const opened = open();
    serve(opened, 1);
    const renewed = opened.transport.renew();
    expect(opened.transport.renew()).toBe(renewed);
    expect(opened.ids()).toEqual({ current: ["s1"], retiring: [] });
    opened.line.last().welcome("s2");
    await opened.clock.advance(0);
    expect(opened.ids()).toEqual({ current: ["s2"], retiring: ["s1"] });
    expect(opened.told).toEqual(["open", "carriers", "carriers"]);
    opened.transport.letGo("s1");
    await opened.clock.advance(2_050);
    expect(await renewed).toEqual({ is: "renewed", connections: 1, endedEarly: 0, tookMs: 2_050 });
    expect(opened.ids()).toEqual({ current: ["s2"], retiring: [] });
    expect(opened.line.sockets.map((one) => one.isDiscarded())).toEqual([true, false]);
  });

  test("hands on what both connections tell once, and what one tells twice twice", async () => {
    const opened = open();
    serve(opened, 1);
    void opened.transport.renew();
    opened.line.last().welcome("s2");
    await opened.clock.advance(0);
    opened.told.length = 0;
    const [old, next] = opened.line.sockets;
    old?.notify("m1", "channel.update", { title: "a" });
    next?.notify("m2", "channel.update", { title: "a" });
    next?.notify("m3", "channel.update", { title: "b" });
    old?.notify("m4", "channel.update", { title: "b" });
    next?.notify("m5", "channel.update", { title: "c" });
    next?.notify("m6", "channel.update", { title: "c" });
    expect(opened.told).toEqual(["event m1", "event m3", "event m5", "event m6"]);
  });

  test("hands on once what the new connection tells long after the old one was closed", async () => {
    const opened = open();
    serve(opened, 1);
    const renewed = opened.transport.renew();
    opened.line.last().welcome("s2");
    await opened.clock.advance(0);
    const [old, next] = opened.line.sockets;
    old?.notify("m1", "channel.update", { title: "a" });
    opened.transport.letGo("s1");
    await opened.clock.advance(2_050);
    expect(await renewed).toMatchObject({ is: "renewed" });
    opened.told.length = 0;
    await opened.clock.advance(9_000);
    next?.notify("m2", "channel.update", { title: "a" });
    next?.notify("m3", "channel.update", { title: "b" });
    expect(opened.told).toEqual(["event m3"]);
  });

  test("changes nothing when the new connection is not welcomed", async () => {
    const opened = open();
    serve(opened, 1);
    const renewed = opened.transport.renew();
    await opened.line.live(opened.clock, 25_000);
    expect(await renewed).toMatchObject({ is: "refused", because: expect.stringContaining("welcomed") });
    expect(opened.ids()).toEqual({ current: ["s1"], retiring: [] });
    expect(opened.line.open()).toHaveLength(1);
  });

  test("goes back to the old connection when the new one is lost half-way", async () => {
    const opened = open();
    serve(opened, 1);
    const renewed = opened.transport.renew();
    const next = opened.line.last();
    next.welcome("s2");
    await opened.clock.advance(0);
    next.end(1006);
    await opened.clock.advance(0);
    expect(await renewed).toMatchObject({ is: "refused", because: expect.stringContaining("lost again") });
    expect(opened.ids()).toEqual({ current: ["s1"], retiring: [] });
    expect(opened.told.at(-1)).toBe("carriers");
  });

  test("is done when the old connection is lost half-way: everything belongs on the new one", async () => {
    const opened = open();
    serve(opened, 1);
    const renewed = opened.transport.renew();
    opened.line.last().welcome("s2");
    await opened.clock.advance(0);
    opened.line.sockets[0]?.end(1006);
    await opened.clock.advance(0);
    expect(await renewed).toMatchObject({ is: "renewed", endedEarly: 1 });
    expect(opened.ids()).toEqual({ current: ["s2"], retiring: [] });
  });

  test("does not wait for ever for subscriptions that do not move, and closes neither connection then", async () => {
    const opened = open();
    serve(opened, 1);
    const renewed = opened.transport.renew();
    opened.line.last().welcome("s2");
    await opened.line.live(opened.clock, 10 * MINUTE_MS);
    expect(await renewed).toMatchObject({ is: "refused", because: expect.stringContaining("did not move") });
    expect(opened.line.open()).toHaveLength(2);
  });

  test.each([
    ["two a second", 2, 600, 11],
    ["one in ten seconds", 0.1, 300, 60],
  ])(
    "waits for as many as there are to move at the pace that is set: %s",
    async (_pace, createsPerSecond, count, minutes) => {
      const opened = open(() => true, createsPerSecond);
      serve(opened, count);
      const renewed = opened.transport.renew();
      opened.line.last().welcome("next");
      await opened.line.live(opened.clock, minutes * MINUTE_MS);
      expect(opened.ids().retiring).toEqual(["s1"]);
      opened.transport.letGo("s1");
      for (const id of opened.ids().current.filter((one) => one.startsWith("s"))) {
        await opened.line.live(opened.clock, 3_000);
        opened.line.last().welcome("after next");
        await opened.line.live(opened.clock, 3_000);
        opened.transport.letGo(id);
      }
      await opened.line.live(opened.clock, 3_000);
      expect(await renewed).toMatchObject({ is: "renewed" });
    },
  );

  test.each([
    ["while nothing is open", 0, "no connection"],
    ["while all three connections are in use", 700, "all 3 connections"],
  ])("is refused %s", async (_when, count, because) => {
    const opened = open();
    serve(opened, count);
    expect(await opened.transport.renew()).toMatchObject({
      is: "refused",
      because: expect.stringContaining(because),
    });
  });
});
