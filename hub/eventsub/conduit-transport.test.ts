import { afterEach, describe, expect, test } from "vitest";
import { makeFakeClock } from "../../tests/support/fake-clock.ts";
import { makeFakeConduits } from "../../tests/support/fake-conduits.ts";
import { makeFakeDial } from "../../tests/support/fake-dial.ts";
import { silentLog } from "../../tests/support/silent-log.ts";
import type { Conduit, Trouble } from "./conduit-desk.ts";
import { makeConduitTransport } from "./conduit-transport.ts";
import { SHARD_DISABLED } from "./conduits.external.ts";
import { makeOwnCarriers } from "./own-carriers.ts";
import type { EventSubTransport } from "./transport.ts";

let transport: EventSubTransport | undefined;
afterEach(() => transport?.stop());

const ours: Conduit = { id: "ours", shardCount: 1 };
const theirs = (count: number): readonly Conduit[] =>
  Array.from({ length: count }, (_, at) => ({ id: `theirs${at}`, shardCount: 1 }));
const away: Trouble = { is: "away", problem: "503" };

function open(
  there: readonly Conduit[] = [],
  { remembered, shards = 1 }: { readonly remembered?: string; readonly shards?: number } = {},
) {
  const clock = makeFakeClock();
  const line = makeFakeDial();
  const twitch = makeFakeConduits(there);
  const told: string[] = [];
  const hopeless: string[] = [];
  const kept = new Map(remembered === undefined ? [] : [["eventsub-conduit", remembered]]);
  const memory = {
    find: (key: string) => kept.get(key),
    put: (key: string, value: string) => void kept.set(key, value),
  };
  const made = makeConduitTransport({
    url: "ws://sim/ws",
    dial: line.dial,
    clock,
    random: () => 0,
    log: silentLog,
    desk: twitch.desk,
    memory,
    own: makeOwnCarriers(memory, silentLog),
    shards,
    listeners: {
      onOpen: () => told.push("open"),
      onCarriers: () => told.push("carriers"),
      onLost: ({ code }) => told.push(`lost ${code}`),
      onNotification: ({ messageId }) => told.push(`event ${messageId}`),
      onRevocation: () => told.push("revoked"),
    },
    onHopeless: (because) => hopeless.push(because),
  });
  transport = made;
  const carriers = () => made.carriers().current.map(({ id }) => id);
  return { clock, line, twitch, told, hopeless, kept, transport: made, carriers };
}
type Opened = ReturnType<typeof open>;

/** Adopted, dialled, welcomed as s1 (s2 …) and bound. */
async function serve(opened: Opened) {
  opened.transport.begin();
  opened.transport.need(1);
  await opened.clock.advance(0);
  opened.line.sockets.forEach((socket, at) => {
    socket.welcome(`s${at + 1}`);
  });
  await opened.clock.advance(0);
  opened.told.length = 0;
  opened.twitch.asked.length = 0;
}

describe("which conduit", () => {
  test.each<[string, readonly Conduit[], string | undefined, readonly string[], string]>([
    ["none there: makes one", [], undefined, ["list", "create 1"], "c1"],
    ["only others': makes one", theirs(4), undefined, ["list", "create 1"], "c1"],
    ["ours is there: takes it", [...theirs(4), ours], "ours", ["list"], "ours"],
    ["ours was deleted: makes one", theirs(1), "ours", ["list", "create 1"], "c1"],
    [
      "ours has another number of shards: mends that",
      [{ ...ours, shardCount: 3 }],
      "ours",
      ["list", "resize ours 1"],
      "ours",
    ],
  ])("%s", async (_what, there, remembered, asked, used) => {
    const opened = open(there, remembered === undefined ? {} : { remembered });
    opened.transport.begin();
    opened.transport.need(1);
    await opened.clock.advance(0);
    expect(opened.twitch.asked).toEqual(asked);
    expect(opened.transport.state().conduitId).toBe(used);
    expect(opened.kept.get("eventsub-conduit")).toBe(used);
    expect(opened.line.sockets).toHaveLength(1);
  });

  test("five others': takes none of them, says so, and tries again rarely", async () => {
    const opened = open(theirs(5), { remembered: "ours" });
    opened.transport.begin();
    opened.transport.need(1);
    await opened.clock.advance(0);
    expect(opened.hopeless).toEqual([expect.stringContaining("5 conduits")]);
    expect(opened.transport.state().problem).toContain("another installation");
    expect(opened.line.sockets).toHaveLength(0);
    await opened.clock.advance(3_600_000);
    expect(opened.twitch.asked.length).toBeLessThan(40);
    opened.twitch.remove("theirs3");
    await opened.clock.advance(600_000);
    expect(opened.transport.state()).toMatchObject({ conduitId: "c1", problem: undefined });
    expect(opened.twitch.conduits().filter(({ id }) => id.startsWith("theirs"))).toHaveLength(4);
  });

  test("Twitch away: asks again soon, dials nothing before", async () => {
    const opened = open([ours], { remembered: "ours" });
    opened.twitch.troubles.push(away, away);
    opened.transport.begin();
    opened.transport.need(1);
    await opened.clock.advance(400);
    expect(opened.line.sockets).toHaveLength(0);
    expect(opened.transport.state().problem).toBe("503");
    await opened.clock.advance(2_000);
    expect(opened.line.sockets).toHaveLength(1);
    expect(opened.hopeless).toEqual([]);
  });
});

describe("a refusal", () => {
  const refused: Trouble = { is: "refused", problem: "403" };
  const begun = async (...troubles: readonly Trouble[]) => {
    const opened = open([ours], { remembered: "ours" });
    opened.twitch.troubles.push(...troubles);
    opened.transport.begin();
    opened.transport.need(1);
    await opened.clock.advance(0);
    return opened;
  };

  test("that passes costs minutes and not the conduit", async () => {
    const opened = await begun(refused, away, refused);
    await opened.clock.advance(300_000);
    expect(opened.hopeless).toEqual([]);
    expect(opened.transport.state()).toMatchObject({ conduitId: "ours", problem: undefined });
  });

  test("that stays is hopeless within minutes", async () => {
    const opened = await begun(refused, refused, refused);
    expect(opened.hopeless).toEqual([]);
    await opened.clock.advance(180_000);
    expect(opened.hopeless).toEqual(["403"]);
  });

  test("of the client itself is hopeless at once", async () => {
    const opened = await begun({ is: "wrong-client", problem: "403 invalid client secret" });
    expect(opened.hopeless).toEqual(["403 invalid client secret"]);
  });
});

describe("a conduit's connection", () => {
  test("is bound to its shard as soon as it is welcomed, and counts from then on", async () => {
    const opened = open();
    opened.transport.begin();
    opened.transport.need(1);
    await opened.clock.advance(0);
    opened.line.last().welcome("s1");
    expect(opened.carriers()).toEqual([]);
    await opened.clock.advance(0);
    expect(opened.twitch.asked).toEqual(["list", "create 1", "bind c1 0 s1"]);
    expect(opened.carriers()).toEqual(["c1"]);
    expect(opened.told).toEqual(["open", "carriers"]);
    expect(opened.transport.carriers()).toMatchObject({ retiring: [], limits: { carriers: 1 } });
  });

  test("is bound again after each new session, with one request", async () => {
    const opened = open();
    await serve(opened);
    opened.line.last().end(1006);
    expect(opened.carriers()).toEqual([]);
    await opened.clock.advance(100);
    opened.line.last().welcome("s2");
    await opened.clock.advance(0);
    expect(opened.twitch.asked).toEqual(["bind c1 0 s2"]);
    expect(opened.told).toEqual(["lost 1006", "open", "carriers"]);
  });

  test("stays bound when Twitch moves the session, and is bound again if it has another name then", async () => {
    const opened = open();
    await serve(opened);
    opened.line.last().reconnect("ws://sim/moved");
    opened.line.last().welcome("s1");
    await opened.clock.advance(0);
    expect(opened.twitch.asked).toEqual([]);
    opened.line.last().reconnect("ws://sim/moved-again");
    opened.line.last().welcome("other");
    await opened.clock.advance(0);
    expect(opened.twitch.asked).toEqual(["bind c1 0 other"]);
    expect(opened.carriers()).toEqual(["c1"]);
  });

  test("is tried again within the 10 s when Twitch is away, and no longer once it is over", async () => {
    const opened = open();
    opened.transport.begin();
    opened.transport.need(1);
    await opened.clock.advance(0);
    opened.twitch.troubles.push(away, away, away);
    opened.line.last().welcome("s1");
    await opened.clock.advance(5_000);
    expect(opened.carriers()).toEqual(["c1"]);
    opened.twitch.troubles.push(...Array(20).fill(away));
    opened.line.last().end(1006);
    await opened.clock.advance(200);
    opened.line.last().welcome("s2");
    await opened.clock.advance(1_000);
    opened.line.last().end(4003);
    opened.twitch.troubles.length = 0;
    opened.twitch.asked.length = 0;
    await opened.clock.advance(400);
    expect(opened.twitch.asked).toEqual([]);
  });

  test("whose conduit was deleted gets another, without being dialled anew", async () => {
    const opened = open();
    await serve(opened);
    opened.twitch.remove("c1");
    await opened.transport.inspect([]);
    await opened.clock.advance(0);
    expect(opened.twitch.asked).toEqual(["watch c1", "shards c1", "list", "create 1", "bind c2 0 s1"]);
    expect(opened.carriers()).toEqual(["c2"]);
    expect(opened.transport.carriers().isOurs("c1")).toBe(true);
    expect(opened.line.sockets).toHaveLength(1);
  });

  test("are as many as there are shards, and the conduit delivers while one of them is bound", async () => {
    const opened = open([], { shards: 3 });
    await serve(opened);
    expect(opened.transport.state().connections.map((one) => [one.slot, one.isBound])).toEqual([
      [0, true],
      [1, true],
      [2, true],
    ]);
    opened.line.sockets[1]?.end(1006);
    expect(opened.carriers()).toEqual(["c1"]);
    await opened.clock.advance(100);
    opened.line.last().welcome("s4");
    await opened.clock.advance(0);
    expect(opened.twitch.asked).toEqual(["bind c1 1 s4"]);
  });
});

describe("inspection", () => {
  const listed = { type: SHARD_DISABLED, carrierId: "c1", isEnabled: true };

  test("subscribes to being told of fallen shards, unless it is told already", async () => {
    const opened = open();
    await serve(opened);
    await opened.transport.inspect([]);
    expect(opened.twitch.asked).toEqual(["watch c1", "shards c1"]);
    opened.twitch.asked.length = 0;
    await opened.transport.inspect([listed]);
    expect(opened.twitch.asked).toEqual(["shards c1"]);
    await opened.transport.inspect([
      { ...listed, isEnabled: false },
      { ...listed, carrierId: "theirs" },
    ]);
    expect(opened.twitch.asked).toContain("watch c1");
  });

  test.each([
    ["is disabled", { isEnabled: false, sessionId: "s1" }],
    ["belongs to another session", { sessionId: "theirs" }],
    ["has no session", {}],
  ])("binds a shard again that %s", async (_what, shard) => {
    const opened = open();
    await serve(opened);
    await opened.line.live(opened.clock, 15_000);
    opened.twitch.setShard("0", shard);
    await opened.transport.inspect([listed]);
    expect(opened.twitch.asked).toEqual(["shards c1", "bind c1 0 s1"]);
    await opened.clock.advance(0);
    expect(opened.carriers()).toEqual(["c1"]);
  });

  test("believes what it was just told, although Twitch's list lags behind", async () => {
    const opened = open();
    await serve(opened);
    opened.twitch.setShard("0", { isEnabled: false });
    for (let count = 0; count < 5; count += 1) await opened.transport.inspect([listed]);
    expect(opened.twitch.asked).toEqual(Array(5).fill("shards c1"));
  });

  test("looks at once when Twitch tells that a shard fell, and hands that on to nobody", async () => {
    const opened = open([], { shards: 2 });
    await serve(opened);
    await opened.line.live(opened.clock, 15_000);
    opened.twitch.setShard("1", { isEnabled: false });
    opened.twitch.asked.length = 0;
    const fallen = { shard_id: "1", status: "websocket_network_error" };
    opened.line.sockets[0]?.notify("n1", SHARD_DISABLED, { conduit_id: "c1", ...fallen });
    opened.line.sockets[0]?.notify("n2", SHARD_DISABLED, { conduit_id: "theirs", ...fallen });
    opened.line.sockets[0]?.notify("n3", SHARD_DISABLED, { nonsense: true });
    opened.line.sockets[0]?.notify("n4", "stream.online", {});
    await opened.clock.advance(0);
    expect(opened.twitch.asked).toEqual(["shards c1", "bind c1 1 s2"]);
    expect(opened.told).toEqual(["event n4", "open", "carriers"]);
  });
});

describe("a renewal", () => {
  test("binds the next connection before the old one is left", async () => {
    const opened = open();
    await serve(opened);
    const renewed = opened.transport.renew();
    opened.line.last().welcome("s2");
    await opened.clock.advance(0);
    expect(await renewed).toMatchObject({ is: "renewed", connections: 1 });
    expect(opened.twitch.asked).toEqual(["bind c1 0 s2"]);
    expect(opened.carriers()).toEqual(["c1"]);
    // What was on its way is still heard.
    opened.line.sockets[0]?.notify("late", "stream.online", {});
    expect(opened.told).toContain("event late");
    await opened.clock.advance(2_000);
    expect(opened.line.sockets.map((one) => one.isDiscarded())).toEqual([true, false]);
  });

  test.each<[string, (opened: Opened) => Promise<void>, string]>([
    ["is not welcomed", (opened) => opened.line.live(opened.clock, 25_000), "welcomed"],
    [
      "can't be bound",
      async (opened) => {
        opened.twitch.troubles.push({ is: "refused", problem: "no such session" });
        opened.line.last().welcome("s2");
        await opened.clock.advance(0);
      },
      "no such session",
    ],
  ])("goes back to the old connection when the new one %s", async (_what, happens, because) => {
    const opened = open();
    await serve(opened);
    const renewed = opened.transport.renew();
    await happens(opened);
    expect(await renewed).toMatchObject({ is: "refused", because: expect.stringContaining(because) });
    await opened.clock.advance(0);
    expect(opened.twitch.asked.at(-1)).toBe("bind c1 0 s1");
    expect(opened.carriers()).toEqual(["c1"]);
    expect(opened.line.open()).toHaveLength(1);
  });

  test("is refused while nothing is open", async () => {
    const opened = open();
    expect(await opened.transport.renew()).toMatchObject({ is: "refused" });
  });
});

test("pauses, keeps the conduit, and resumes with a new connection", async () => {
  const opened = open();
  await serve(opened);
  opened.transport.pause();
  expect(opened.carriers()).toEqual([]);
  expect(opened.line.open()).toEqual([]);
  await opened.clock.advance(600_000);
  opened.transport.resume();
  opened.line.last().welcome("s2");
  await opened.clock.advance(0);
  expect(opened.twitch.asked).toEqual(["bind c1 0 s2"]);
});

test("closes its connection when nobody has wanted anything for a while", async () => {
  const opened = open();
  await serve(opened);
  opened.transport.need(0);
  await opened.line.live(opened.clock, 60_000);
  expect(opened.line.open()).toEqual([]);
  opened.transport.need(2);
  expect(opened.line.open()).toHaveLength(1);
});

test("leaves no timer and no socket behind, whenever it is stopped", async () => {
  const opened = open(theirs(5));
  opened.transport.begin();
  opened.transport.need(1);
  await opened.clock.advance(0);
  opened.transport.stop();
  expect(opened.clock.pending()).toBe(0);
  const second = open();
  await serve(second);
  void second.transport.renew();
  second.line.last().welcome("s2");
  await second.clock.advance(0);
  second.transport.need(0);
  second.transport.stop();
  await second.clock.advance(0);
  expect(second.clock.pending()).toBe(0);
  expect(second.line.open()).toEqual([]);
});
