/** What Twitch and the network do to an EventSub connection, one thing at a time: the hub is deaf for a moment at most. */
import { afterEach, describe, expect, test } from "vitest";
import { systemClock } from "../../shared/clock.ts";
import { goLive, goOffline } from "../../sim/world/operations.ts";
import { APPLICATION, THREE_TOPICS, TOWN_BOT } from "../support/eventsub-town.ts";
import { type LoneHub, openLoneHub } from "../support/lone-hub.ts";
import type { ScriptedWorker } from "../support/scripted-worker.ts";
import { askTwitch } from "../support/sim-twitch.ts";

let hub: LoneHub | undefined;
afterEach(async () => {
  await hub?.close();
  hub = undefined;
});

const CHANNELS = 3;
const OFTEN = 100;

async function open(transport: "websocket" | "conduit" | "auto", more: { readonly speed?: number } = {}) {
  const opened = await openLoneHub({
    channels: CHANNELS,
    eventsub: { transport, createsPerSecond: OFTEN, shards: 1 },
    ...more,
  });
  hub = opened;
  return opened;
}

/** A stream that begins is announced to its worker, once and by EventSub: the whole way is open. */
async function proveDelivery(opened: LoneHub, workers: readonly ScriptedWorker[]) {
  await opened.whole();
  const channel = opened.sim.world.getChannel(opened.channels[0] ?? "");
  const { events } = workers[0] ?? { events: [] };
  const onlines = () => events.filter(({ body }) => body.topic === "stream.online");
  const before = onlines().length;
  if (channel.stream) goOffline(opened.sim.world, channel);
  goLive(opened.sim.world, channel, {});
  const told = await opened.until(
    () => onlines().slice(before),
    (those) => those.length > 0,
  );
  expect(told.map(({ recovered = false }) => recovered)).toEqual([false]);
}

describe.each(["websocket", "conduit"] as const)("by %s", (transport) => {
  test("a line that is cut without a word is replaced at once, and Twitch's dead session costs nothing", async () => {
    const opened = await open(transport);
    const workers = await opened.crowd(THREE_TOPICS);
    opened.sim.faults.apply({ do: "cut", place: "eventsub" });
    await opened.until(opened.status, ({ eventsub }) => eventsub.reconnects === 1);
    await opened.whole();
    expect(opened.dials()).toBe(2);
    await proveDelivery(opened, workers);
    const { ofTheBot, ofTheApplication } = askTwitch(opened.sim);
    const rows = await opened.until(transport === "conduit" ? ofTheApplication : ofTheBot, (all) => {
      const alive = all.filter((one) => one.status === "enabled" && one.type !== "conduit.shard.disabled");
      return alive.length === CHANNELS * 3;
    });
    const carriers = new Set(
      rows
        .filter((one) => one.status === "enabled")
        .map((one) => one.transport.session_id ?? one.transport.conduit_id),
    );
    expect(carriers.size).toBe(1);
  });

  test("a server that accepts and closes at once is dialled more and more rarely, and found again", async () => {
    const opened = await open(transport);
    const workers = await opened.crowd(THREE_TOPICS);
    opened.sim.faults.apply({ do: "accept-then-close", place: "eventsub", on: true });
    opened.sim.faults.apply({ do: "cut", place: "eventsub", code: 4000 });
    const startedAt = performance.now();
    await opened.until(opened.dials, (dials) => dials >= 5);
    // 4000 and then three times 4006: rests of at least 250, 200, 400 and 800 ms lie between.
    expect(performance.now() - startedAt).toBeGreaterThan(1_500);
    opened.sim.faults.apply({ do: "accept-then-close", place: "eventsub", on: false });
    await opened.whole();
    expect(opened.dials()).toBeLessThanOrEqual(7);
    await proveDelivery(opened, workers);
  });

  test("frames that make no sense are no reason to hang up, one that is too large is", async () => {
    const opened = await open(transport);
    const workers = await opened.crowd(THREE_TOPICS);
    for (const kind of ["not-json", "unknown-type", "binary"] as const)
      opened.sim.faults.apply({ do: "garble", place: "eventsub", with: kind });
    await proveDelivery(opened, workers);
    expect(opened.dials()).toBe(1);
    expect(opened.logged("a frame was of no use")).toHaveLength(3);
    opened.sim.faults.apply({ do: "garble", place: "eventsub", with: "huge" });
    await opened.until(opened.status, ({ eventsub }) => eventsub.reconnects === 1);
    await opened.whole();
    expect(opened.logged("a frame was larger than any of Twitch's").length).toBeGreaterThan(0);
    await proveDelivery(opened, workers);
  });

  test("a subscription that Twitch takes away is made again", async () => {
    const opened = await open(transport);
    const workers = await opened.crowd(THREE_TOPICS);
    const { ofTheBot, ofTheApplication } = askTwitch(opened.sim);
    const rows = await (transport === "conduit" ? ofTheApplication() : ofTheBot());
    const victim = rows.find((one) => one.type === "stream.online");
    opened.sim.faults.apply({
      do: "revoke-subscription",
      subscriptionId: victim?.id ?? "",
      status: "version_removed",
    });
    await opened.until(
      () => opened.logged("Twitch revoked a subscription"),
      (lines) => lines.length === 1,
    );
    await opened.until(transport === "conduit" ? ofTheApplication : ofTheBot, (after) => {
      const alive = after.filter((one) => one.type === "stream.online" && one.status === "enabled");
      return alive.length === CHANNELS && after.every((one) => one.id !== victim?.id);
    });
    await proveDelivery(opened, workers);
  });

  test("a token that expires in the middle is replaced, once, and nobody notices", async () => {
    const opened = await open(transport);
    const [first, second] = opened.channels;
    const worker = await opened.worker(first ?? "", THREE_TOPICS);
    await worker.settled;
    opened.sim.faults.apply({ do: "expire-token", user: TOWN_BOT.login });
    if (transport === "conduit")
      opened.sim.faults.apply({ do: "expire-app-token", clientId: APPLICATION.clientId });
    // Young tokens are not replaced: a crowd of requests may have been refused for the one before.
    const late = await opened.worker(second ?? "", THREE_TOPICS);
    await late.settled;
    expect(late.refused).toEqual([]);
    await opened.whole();
    await proveDelivery(opened, [worker]);
    expect(opened.dials()).toBe(1);
  });

  test("Helix that fails for a minute, with 500 and with 429, delays and loses no wish", async () => {
    const speed = 20;
    const opened = await open(transport, { speed });
    const [first, second] = opened.channels;
    const worker = await opened.worker(first ?? "", THREE_TOPICS);
    await worker.settled;
    const path = "/eventsub";
    const { clock } = opened.sim.world;
    const fail = async (status: number, forMs: number) => {
      opened.sim.faults.apply({
        do: "answer",
        place: "helix",
        status,
        path,
        count: Number.POSITIVE_INFINITY,
      });
      await new Promise<void>((resolve) => {
        clock.after(forMs, resolve);
      });
      opened.sim.faults.apply({ do: "answer", place: "helix", status, path, count: 0 });
    };
    const failing = fail(500, 30_000).then(() => fail(429, 30_000));
    const late = await opened.worker(second ?? "", THREE_TOPICS);
    await failing;
    expect((await opened.status()).subscriptions.filter((one) => one.state === "missing")).toHaveLength(3);
    await late.settled;
    expect(late.refused).toEqual([]);
    await opened.whole();
    await proveDelivery(opened, [worker]);
  });

  test("a hub that is killed and comes back finds everything, and makes nothing twice", async () => {
    const opened = await open(transport);
    await opened.crowd(THREE_TOPICS);
    const { ofTheBot, ofTheApplication, conduits } = askTwitch(opened.sim);
    const list = transport === "conduit" ? ofTheApplication : ofTheBot;
    const before = await list();
    await opened.restart("SIGKILL");
    await opened.whole();
    const after = await list();
    const alive = after.filter((one) => one.status === "enabled");
    expect(alive.filter((one) => one.type !== "conduit.shard.disabled")).toHaveLength(CHANNELS * 3);
    const kept = after.filter((one) => before.some(({ id }) => id === one.id) && one.status === "enabled");
    // On a conduit they have outlived the hub.
    expect(kept).toHaveLength(transport === "conduit" ? before.length : 0);
    expect(await conduits()).toHaveLength(transport === "conduit" ? 1 : 0);
    const workers = await opened.crowd(THREE_TOPICS);
    await proveDelivery(opened, workers);
  });

  test("a server that falls silent is left within its keepalive and three seconds", async () => {
    const opened = await open(transport);
    const workers = await opened.crowd(THREE_TOPICS);
    opened.sim.faults.apply({ do: "mute", place: "eventsub", on: true });
    const startedAt = systemClock.wall();
    await opened.until(opened.dials, (dials) => dials === 2);
    // By the hub's own log: how late this test looks is nobody's fault.
    const [left] = opened.logged("eventsub session rests");
    expect(left).toMatchObject({ because: "no keepalive in time" });
    expect(Date.parse(String(left?.time)) - startedAt).toBeLessThan(14_500);
    opened.sim.faults.apply({ do: "mute", place: "eventsub", on: false });
    opened.sim.faults.apply({ do: "cut", place: "eventsub", code: 4005 });
    await opened.whole();
    await proveDelivery(opened, workers);
  });
});

test("a broadcaster who takes back the permission is told to the worker as what it is, and is believed when it comes back", async () => {
  const opened = await open("conduit");
  const [login] = opened.channels;
  const user = opened.sim.world.getUser(login ?? "");
  opened.sim.world.grant(APPLICATION.clientId, user.id, ["bits:read"]);
  const worker = await opened.worker(login ?? "", ["channel.cheer", "stream.online"]);
  await worker.settled;
  opened.sim.faults.apply({ do: "revoke-authorization", user: login ?? "", clientId: APPLICATION.clientId });
  await opened.until(
    () => worker.refused,
    (refused) => refused.length > 0,
  );
  expect(worker.refused).toMatchObject([{ topic: "channel.cheer", code: "needs-grant" }]);
  opened.sim.world.grant(APPLICATION.clientId, user.id, ["bits:read"]);
  expect(await opened.order({ do: "resync" }, "resynced")).toMatchObject({
    answer: { report: { created: 1, refused: 0 } },
  });
  await opened.whole();
});

test("without a token that Twitch takes, orders that need one are refused at once, with what to do", async () => {
  const opened = await open("websocket");
  await opened.crowd(THREE_TOPICS);
  opened.sim.faults.apply({
    do: "revoke-authorization",
    user: TOWN_BOT.login,
    clientId: APPLICATION.clientId,
  });
  // The next question to Twitch finds it out.
  await opened.order({ do: "resync" }, "resynced");
  await opened.until(opened.status, ({ token }) => token.state === "needs-reauth");
  for (const order of ["resync", "restart"] as const)
    expect(await opened.order({ do: order }, "done")).toEqual({
      is: "refused",
      because: "Twitch no longer accepts the bot's token: ./kissbot.sh auth login --bot",
    });
  expect(opened.dials()).toBe(1);
});
