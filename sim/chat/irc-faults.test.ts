import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openTestHouse, type RawClient, type TestHouse, TRANSPORTS, type Transport } from "./test-house.ts";

let house: TestHouse;
beforeEach(async () => {
  house = await openTestHouse();
});
afterEach(() => house.close());

/** Dials until somebody answers: a port takes a moment to listen again. */
async function connectAtLast(transport: Transport): Promise<RawClient> {
  for (;;) {
    const client = await house.connect(transport).catch(() => undefined);
    if (client) return client;
  }
}

describe.each(TRANSPORTS)("over %s", (transport) => {
  const place = "irc";

  test("refused connections do not open, and open again afterwards", async () => {
    house.faults.apply({ do: "refuse", place, on: true });
    if (transport === "tcp") {
      await expect(house.connect(transport)).rejects.toMatchObject({ code: "ECONNREFUSED" });
    } else {
      expect(await (await house.connect(transport)).closed).toEqual([]);
    }
    house.faults.apply({ do: "refuse", place, on: false });
    await (await connectAtLast(transport)).heard();
  });

  test("refusing leaves those who are in alone", async () => {
    const bob = await house.enter(transport, "bob", "alice");
    house.faults.apply({ do: "refuse", place, on: true });
    expect(await bob.heard()).toEqual([]);
  });

  test("accepted and closed", async () => {
    house.faults.apply({ do: "accept-then-close", place, on: true });
    expect(await (await house.connect(transport)).closed).toEqual([]);
    house.faults.apply({ do: "accept-then-close", place, on: false });
    await (await house.connect(transport)).heard();
  });

  test("mute: nothing comes, nothing is asked, what was said counts", async () => {
    const bob = await house.enter(transport, "bob", "alice");
    const said = new Promise((resolve) => house.world.onHappening(resolve));
    house.faults.apply({ do: "mute", place, on: true });
    bob.say("PRIVMSG #alice :hello", "PING :lost");
    expect(await said).toMatchObject({ kind: "chat-message", line: { text: "hello" } });
    house.world.clock.advance(320_000);
    house.faults.apply({ do: "mute", place, on: false });
    expect(await bob.heard()).toEqual([]);
  });

  test("delay holds lines back in their order", async () => {
    const bob = await house.enter(transport, "bob");
    const saySoon = async (ms: number, ...lines: readonly string[]) => {
      house.faults.apply({ do: "delay", place, ms });
      const said = new Promise((resolve) => house.world.onHappening(resolve));
      bob.say(...lines);
      await said;
    };
    await saySoon(60_000, "PING :one", "PRIVMSG #alice :x");
    await saySoon(0, "PING :two", "PRIVMSG #carol :x");
    house.world.clock.advance(60_000);
    expect((await bob.until("#carol")).map((line) => line.replace(/^@\S+ /, ""))).toEqual([
      ":tmi.twitch.tv PONG tmi.twitch.tv :one",
      ":tmi.twitch.tv USERSTATE #alice",
      ":tmi.twitch.tv PONG tmi.twitch.tv :two",
      ":tmi.twitch.tv USERSTATE #carol",
    ]);
  });

  test("drop loses its share", async () => {
    const bob = await house.enter(transport, "bob", "alice");
    house.faults.apply({ do: "drop", place, share: 0.5 });
    bob.say(...Array.from({ length: 100 }, (_, turn) => `PING :${turn}`), "PRIVMSG #carol :end");
    await new Promise<void>((resolve) => {
      house.world.onHappening(() => resolve());
    });
    house.faults.apply({ do: "drop", place, share: 0 });
    const pongs = (await bob.heard()).filter((line) => line.includes("PONG"));
    expect(pongs.length).toBeGreaterThan(20);
    expect(pongs.length).toBeLessThan(80);
  });

  test.each([
    ["not-json", "@badges;=;;=x :tmi.twitch.tv"],
    ["unknown-type", ":tmi.twitch.tv SOMETHINGNEW #nowhere :that no client has heard of"],
    ["huge", `:tmi.twitch.tv NOTICE * :${"a".repeat(1024 * 1024)}`],
  ] as const)("garble %s", async (kind, line) => {
    const bob = await house.enter(transport, "bob");
    house.faults.apply({ do: "garble", place, with: kind });
    expect(await bob.heard()).toEqual([line]);
  });

  test("garble binary", async () => {
    const bob = await house.enter(transport, "bob");
    house.faults.apply({ do: "garble", place, with: "binary" });
    expect((await bob.heard()).join("")).toContain("ABCDEFGHIJKLMNOPQRSTUVWXYZ");
  });

  test.each([undefined, 1012, 1006])("cut, with code %s", async (code) => {
    const bob = await house.enter(transport, "bob", "alice");
    house.faults.apply({ do: "cut", place, ...(code !== undefined && { code }) });
    await bob.closed;
    await (await house.connect(transport)).heard();
    expect(house.world.getChannel("alice").chatters.size).toBe(0);
  });

  test("RECONNECT is followed by the end after half a minute", async () => {
    const bob = await house.enter(transport, "bob");
    house.faults.apply({ do: "send-reconnect", place });
    expect(await bob.heard()).toEqual([":tmi.twitch.tv RECONNECT"]);
    house.world.clock.advance(29_000);
    expect(await bob.heard()).toEqual([]);
    house.world.clock.advance(1_000);
    expect(await bob.closed).toEqual([]);
  });
});

test("faults elsewhere do not touch IRC", async () => {
  const bob = await house.enter("tcp", "bob");
  house.faults.apply({ do: "cut", place: "eventsub" });
  house.faults.apply({ do: "mute", place: "eventsub", on: true });
  house.faults.apply({ do: "expire-token", user: "bob" });
  expect(await bob.heard()).toEqual([]);
});
