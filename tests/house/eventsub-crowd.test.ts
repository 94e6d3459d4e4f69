/** One hub for a hundred channels: everything subscribed to, everything delivered once, whatever the connection does. */
import { afterEach, describe, expect, test } from "vitest";
import { startEventStream, THREE_TOPICS } from "../support/eventsub-town.ts";
import { type LoneHub, openLoneHub } from "../support/lone-hub.ts";
import type { ScriptedWorker } from "../support/scripted-worker.ts";

let hub: LoneHub | undefined;
afterEach(async () => {
  await hub?.close();
  hub = undefined;
});

const CHANNELS = 100;
/** Helix's points for a minute are saved up: three hundred of them may go as fast as they like. */
const CREATES_PER_SECOND = 100;

/** What each channel was told that it should not have been, or was not told: nobody wants to see any. */
function findWrongs(
  channels: readonly string[],
  workers: readonly ScriptedWorker[],
  told: readonly { readonly channel: string; readonly title: string }[],
): readonly string[] {
  return channels.flatMap((channel, at) => {
    const wanted = told.filter((one) => one.channel === channel).map((one) => one.title);
    const heard = (workers[at]?.events ?? []).map(({ body }) => ("title" in body ? body.title : body.topic));
    const isRight = JSON.stringify(wanted) === JSON.stringify(heard);
    return isRight ? [] : [`${channel} was told ${wanted.join()} and heard ${heard.join()}`];
  });
}
const countHeard = (workers: readonly ScriptedWorker[]) =>
  workers.reduce((sum, one) => sum + one.events.length, 0);

describe.each(["websocket", "conduit"] as const)("by %s", (transport) => {
  test("a hundred channels have three topics each on one connection, and lose nothing when Twitch moves it under load", async () => {
    hub = await openLoneHub({
      channels: CHANNELS,
      eventsub: { transport, createsPerSecond: CREATES_PER_SECOND, shards: 1 },
    });
    const { sim, channels } = hub;
    const workers = await hub.crowd(THREE_TOPICS);
    const status = await hub.status();
    expect(status).toMatchObject({
      health: "healthy",
      eventsub: { transport, connections: 1, mode: "live" },
    });
    expect(status.subscriptions).toHaveLength(CHANNELS * 3);
    expect(status.subscriptions.every((one) => one.state === "enabled")).toBe(true);
    expect(hub.dials()).toBe(1);

    const stream = startEventStream(sim, channels, 200);
    for (let moves = 1; moves <= 3; moves += 1) {
      await hub.until(
        () => countHeard(workers),
        (count) => count > moves * 100,
      );
      sim.faults.apply({ do: "send-reconnect", place: "eventsub" });
      await hub.until(
        () => hub?.status(),
        (now) => now?.eventsub.reconnects === moves && now.eventsub.mode === "live",
      );
    }
    stream.stop();
    await hub.until(
      () => countHeard(workers),
      (count) => count >= stream.told.length,
    );
    expect(findWrongs(channels, workers, stream.told)).toEqual([]);
    expect(stream.told.length).toBeGreaterThan(300);
    expect((await hub.status()).events).toMatchObject({ routed: stream.told.length, duplicates: 0 });
  });
});

test("more than three hundred subscriptions take a second WebSocket, and fewer give it up again", async () => {
  hub = await openLoneHub({
    channels: 101,
    eventsub: { transport: "websocket", createsPerSecond: CREATES_PER_SECOND, shards: 1 },
  });
  const workers = await hub.crowd(THREE_TOPICS);
  const status = await hub.whole();
  expect(status.eventsub.connections).toBe(2);
  expect(status.subscriptions).toHaveLength(303);
  for (const one of workers.slice(0, 20)) one.want([]);
  await hub.until(hub.status, ({ eventsub, subscriptions }) => {
    return eventsub.connections === 1 && subscriptions.length === 81 * 3;
  });
  await hub.whole();
  const stream = startEventStream(hub.sim, hub.channels.slice(20), 200);
  await hub.until(
    () => countHeard(workers),
    (count) => count > 100,
  );
  stream.stop();
  await hub.until(
    () => countHeard(workers),
    (count) => count >= stream.told.length,
  );
  expect(findWrongs(hub.channels, workers, stream.told)).toEqual([]);
});

test("a conduit with two shards brings each channel's events by one of two connections", async () => {
  hub = await openLoneHub({
    channels: 12,
    eventsub: { transport: "conduit", createsPerSecond: CREATES_PER_SECOND, shards: 2 },
  });
  const workers = await hub.crowd(["channel.update"]);
  expect((await hub.status()).eventsub).toMatchObject({ connections: 2, mode: "live" });
  const stream = startEventStream(hub.sim, hub.channels, 100);
  await hub.until(
    () => countHeard(workers),
    (count) => count > 48,
  );
  stream.stop();
  await hub.until(
    () => countHeard(workers),
    (count) => count >= stream.told.length,
  );
  expect(findWrongs(hub.channels, workers, stream.told)).toEqual([]);
  expect(hub.dials()).toBe(2);
});
