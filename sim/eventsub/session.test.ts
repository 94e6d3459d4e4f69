import type { Socket } from "node:net";
import fc from "fast-check";
import * as v from "valibot";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { PING_EVERY_MS } from "./connection.ts";
import { type Message, openRig, type Rig } from "./eventsub-rig.ts";
import { LOSS_NOTICED_AFTER_MS, OLD_SOCKET_LINGERS_MS, RECONNECT_WITHIN_MS } from "./session.ts";
import { parseKeepalive } from "./session-hall.ts";
import { ENDED_LISTED_MS } from "./subscription-desk.ts";

let rig: Rig;
beforeEach(async () => {
  rig = await openRig();
});
afterEach(() => rig.close());

const kind = (message: Message) => message.metadata.message_type;

describe("welcome and keepalive", () => {
  it.each([
    [null, 10],
    ["", 10],
    ["poem", 10],
    ["5", 10],
    ["-3", 10],
    ["30", 30],
    ["9999", 600],
    ["Infinity", 600],
  ])("takes keepalive_timeout_seconds=%s as %i", (given, seconds) =>
    expect(parseKeepalive(given)).toBe(seconds),
  );

  it("welcomes in the documented shape", async () => {
    const stamp = v.pipe(v.string(), v.isoTimestamp());
    const welcome = v.strictObject({
      metadata: v.strictObject({
        message_id: v.pipe(v.string(), v.uuid()),
        message_type: v.literal("session_welcome"),
        message_timestamp: stamp,
      }),
      payload: v.strictObject({
        session: v.strictObject({
          id: v.string(),
          status: v.literal("connected"),
          connected_at: stamp,
          keepalive_timeout_seconds: v.literal(30),
          reconnect_url: v.null(),
          recovery_url: v.null(),
        }),
      }),
    });
    expect(
      v.safeParse(welcome, await rig.dial("/ws?keepalive_timeout_seconds=30").next()).issues,
    ).toBeUndefined();
  });

  it("sends a keepalive only after a window of silence", async () => {
    const { client } = await rig.listen();
    rig.clock.advance(9_000);
    rig.goLive("home");
    rig.clock.advance(9_999);
    rig.clock.advance(1);
    rig.clock.advance(10_000);
    expect([kind(await client.next()), kind(await client.next()), kind(await client.next())]).toEqual([
      "notification",
      "session_keepalive",
      "session_keepalive",
    ]);
  });

  it("closes with 4003 what is not used in time", async () => {
    const client = rig.dial();
    await client.welcome();
    rig.clock.advance(10_000);
    expect(await client.closed).toEqual({ code: 4003, reason: "connection unused" });
    expect(rig.door.sessions()).toEqual([]);
  });
});

describe("session_reconnect", () => {
  async function move() {
    const old = await rig.listen();
    rig.faults.apply({ do: "send-reconnect", place: "eventsub" });
    const told = await old.client.next();
    return { ...old, told, url: told.payload.session.reconnect_url };
  }

  it("carries the subscriptions over to the new socket", async () => {
    const { client, id, told, url } = await move();
    expect(told.payload.session).toMatchObject({
      id,
      status: "reconnecting",
      keepalive_timeout_seconds: null,
    });
    rig.goLive("home");
    expect(kind(await client.next())).toBe("notification");
    const fresh = rig.dial(url);
    expect((await fresh.welcome()).id).toBe(id);
    rig.goOffline("home");
    rig.goLive("home");
    expect(kind(await fresh.next())).toBe("notification");
    rig.clock.advance(OLD_SOCKET_LINGERS_MS);
    expect((await client.closed).code).toBe(4004);
    expect(await client.rest()).toEqual([]);
    expect(await rig.statuses()).toEqual(["enabled"]);
    expect((await rig.subscribe(id, "stream.online", rig.about("home"))).status).toBe(409);
  });

  it("closes the old socket with 4004 when the client does not come", async () => {
    const { client, url } = await move();
    rig.clock.advance(RECONNECT_WITHIN_MS);
    expect((await client.closed).code).toBe(4004);
    expect(await rig.statuses()).toEqual(["websocket_failed_to_reconnect"]);
    expect((await rig.dial(url).closed).code).toBe(4007);
  });

  it("refuses an address used twice, or never given out, with 4007", async () => {
    const { url, id } = await move();
    await rig.dial(url).welcome();
    expect(await rig.dial(url).closed).toEqual({ code: 4007, reason: "invalid reconnect" });
    expect((await rig.dial(`/ws?challenge=x&id=${id}`).closed).code).toBe(4007);
    expect((await rig.dial("/ws?id=x").closed).code).toBe(4007);
  });

  it("refuses it with 4007 when the old socket was closed first", async () => {
    const { client, url } = await move();
    const over = rig.logs("→ over");
    client.socket.close();
    await over;
    expect((await rig.dial(url).closed).code).toBe(4007);
    expect(await rig.statuses()).toEqual(["websocket_disconnected"]);
  });
});

describe("closing", () => {
  it("ends subscriptions, keeps them listed for a while, and frees what they cost", async () => {
    const { client } = await rig.listen();
    const over = rig.logs("→ over");
    client.socket.close();
    await over;
    const list = await rig.list();
    expect(list).toMatchObject({ total: 1, total_cost: 0, max_total_cost: 10, pagination: {} });
    expect(list.data[0]).toMatchObject({
      status: "websocket_disconnected",
      transport: {
        method: "websocket",
        connected_at: expect.any(String),
        disconnected_at: expect.any(String),
      },
    });
    rig.clock.advance(60_000);
    expect(await rig.statuses()).toHaveLength(1);
    rig.clock.advance(ENDED_LISTED_MS);
    expect(await rig.statuses()).toEqual([]);
  });

  it.each([
    [4000, "websocket_internal_error"],
    [4005, "websocket_network_timeout"],
    [4006, "websocket_network_error"],
    [1001, "websocket_internal_error"],
  ])("cuts with %i on demand", async (code, status) => {
    const { client } = await rig.listen();
    const stray = rig.dial();
    await stray.welcome();
    rig.faults.apply({ do: "cut", place: "eventsub", code });
    expect([(await client.closed).code, (await stray.closed).code]).toEqual([code, code]);
    expect(await rig.statuses()).toEqual([status]);
  });

  it("notices a cut line only after a while", async () => {
    const { client } = await rig.listen();
    rig.faults.apply({ do: "cut", place: "eventsub" });
    expect((await client.closed).code).toBe(1006);
    expect(await rig.statuses()).toEqual(["enabled"]);
    expect((await rig.list()).total_cost).toBe(1);
    rig.clock.advance(LOSS_NOTICED_AFTER_MS);
    expect(await rig.statuses()).toEqual(["websocket_network_timeout"]);
  });

  it("closes with 4001 whoever says anything", async () => {
    const { client } = await rig.listen();
    client.socket.send("hello");
    expect(await client.closed).toEqual({ code: 4001, reason: "client sent inbound traffic" });
    expect(await rig.statuses()).toEqual(["websocket_received_inbound_traffic"]);
  });

  it("takes pings of the client for no traffic", async () => {
    const { client } = await rig.listen();
    const ponged = new Promise((resolve) => client.socket.once("pong", resolve));
    client.socket.ping();
    await ponged;
    rig.goLive("home");
    expect(kind(await client.next())).toBe("notification");
  });

  it("closes with 4002 whoever does not pong", async () => {
    await rig.close();
    rig = await openRig({ pongWithinRealMs: 40 });
    const fine = await rig.listen();
    const deaf = rig.dial("/ws?keepalive_timeout_seconds=600", { autoPong: false });
    await deaf.welcome();
    const pinged = new Promise((resolve) => fine.client.socket.once("ping", resolve));
    rig.clock.advance(PING_EVERY_MS);
    await pinged;
    expect((await deaf.closed).code).toBe(4002);
    expect(rig.door.sessions().map((one) => [one.id, one.mode, one.user, one.subscriptions])).toEqual([
      [fine.id, "live", "bot", 1],
    ]);
  });

  it("survives any frame a client sends", async () => {
    const opcode = fc.nat({ max: 15 }).map((code) => 0x80 | code);
    const frame = fc.oneof(
      fc.uint8Array({ minLength: 1, maxLength: 64 }),
      fc
        .tuple(opcode, fc.uint8Array({ maxLength: 20 }))
        .map(([first, rest]) => Uint8Array.of(first, ...rest)),
    );
    await fc.assert(
      fc.asyncProperty(frame, async (bytes) => {
        const client = rig.dial();
        await client.welcome();
        const raw = Reflect.get(client.socket, "_socket") as Socket;
        raw.write(bytes);
        raw.end();
        await client.closed;
      }),
      { numRuns: 40 },
    );
    const { client } = await rig.listen();
    rig.goLive("home");
    expect(kind(await client.next())).toBe("notification");
  });
});
