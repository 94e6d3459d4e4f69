import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Message, openRig, type Rig } from "./eventsub-rig.ts";

let rig: Rig;
beforeEach(async () => {
  rig = await openRig();
});
afterEach(() => rig.close());

const kind = (message: Message) => message.metadata.message_type;

describe("faults", () => {
  it("duplicates with the same or a new message id", async () => {
    const { client } = await rig.listen();
    rig.faults.apply({ do: "duplicate", place: "eventsub", times: 2, count: 1, newId: false });
    rig.goLive("home");
    rig.goOffline("home");
    rig.faults.apply({ do: "duplicate", place: "eventsub", times: 2, count: 1, newId: true });
    rig.goLive("home");
    const ids = [];
    for (let n = 0; n < 4; n++) ids.push((await client.next()).metadata.message_id);
    expect(ids[0]).toBe(ids[1]);
    expect(new Set(ids).size).toBe(3);
  });

  it("says nothing while mute", async () => {
    const { client } = await rig.listen();
    rig.faults.apply({ do: "mute", place: "eventsub", on: true });
    rig.goLive("home");
    rig.clock.advance(60_000);
    rig.faults.apply({ do: "mute", place: "eventsub", on: false });
    rig.clock.advance(10_000);
    expect(kind(await client.next())).toBe("session_keepalive");
  });

  it("holds messages back without mixing them up", async () => {
    const { client } = await rig.listen();
    rig.faults.apply({ do: "delay", place: "eventsub", ms: 5_000 });
    rig.goLive("home");
    rig.faults.apply({ do: "delay", place: "eventsub", ms: 0 });
    rig.goOffline("home");
    rig.goLive("home");
    rig.clock.advance(5_000);
    const first = await client.next();
    const second = await client.next();
    expect(first.payload.event.id).not.toBe(second.payload.event.id);
    expect(Date.parse(first.metadata.message_timestamp)).toBeLessThanOrEqual(
      Date.parse(second.metadata.message_timestamp),
    );
  });

  it("loses what it is told to lose", async () => {
    const { client } = await rig.listen();
    rig.faults.apply({ do: "drop", place: "eventsub", share: 1 });
    rig.goLive("home");
    rig.faults.apply({ do: "drop", place: "eventsub", share: 0 });
    rig.clock.advance(10_000);
    expect(kind(await client.next())).toBe("session_keepalive");
  });

  it("refuses, or accepts and closes", async () => {
    rig.faults.apply({ do: "refuse", place: "eventsub", on: true });
    expect((await rig.dial().closed).code).toBe(1006);
    rig.faults.apply({ do: "accept-then-close", place: "eventsub", on: true });
    expect((await rig.dial().closed).code).toBe(4006);
    rig.faults.apply({ do: "accept-then-close", place: "eventsub", on: false });
    expect((await rig.dial().welcome()).id).toMatch(/^AgoQ/);
  });

  it("connects without a word, and cuts that too", async () => {
    rig.faults.apply({ do: "no-welcome", place: "eventsub", on: true });
    const client = rig.dial();
    await client.opened();
    rig.clock.advance(60_000);
    rig.faults.apply({ do: "cut", place: "eventsub", code: 4000 });
    expect((await client.closed).code).toBe(4000);
    expect(await client.rest()).toEqual([]);
  });

  it.each(["not-json", "unknown-type", "binary", "huge"] as const)("garbles with %s", async (how) => {
    const { client } = await rig.listen();
    rig.faults.apply({ do: "garble", place: "eventsub", with: how });
    const broken = await client.next();
    if (how === "not-json") expect(broken.broken).toBe("text");
    else if (how === "binary") expect(broken.broken).toBe("binary");
    else expect(kind(broken)).toBe("session_dance");
    rig.goLive("home");
    expect(kind(await client.next())).toBe("notification");
  });
});
