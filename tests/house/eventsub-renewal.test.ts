/** hub_ctl restart, drain and undrain: the connection is replaced or rests on purpose, under load. */
import { afterEach, describe, expect, test } from "vitest";
import { type EventStream, startEventStream } from "../support/eventsub-town.ts";
import { type LoneHub, openLoneHub } from "../support/lone-hub.ts";
import type { ScriptedWorker } from "../support/scripted-worker.ts";
import { askTwitch } from "../support/sim-twitch.ts";

let hub: LoneHub | undefined;
let streams: readonly EventStream[] = [];
afterEach(async () => {
  for (const stream of streams) stream.stop();
  streams = [];
  await hub?.close();
  hub = undefined;
});

const CHANNELS = 20;
const EVENTS_PER_SECOND = 200;

function tell(opened: LoneHub, channels: readonly string[], perSecond: number): EventStream {
  const stream = startEventStream(opened.sim, channels, perSecond);
  streams = [...streams, stream];
  return stream;
}
const titlesOf = (worker: ScriptedWorker | undefined): readonly string[] =>
  (worker?.events ?? []).flatMap(({ body }) => ("title" in body ? [body.title] : []));
const countHeard = (workers: readonly ScriptedWorker[]) =>
  workers.reduce((sum, one) => sum + titlesOf(one).length, 0);

async function open(transport: "websocket" | "conduit") {
  const opened = await openLoneHub({
    channels: CHANNELS,
    // At this pace a renewal of twenty subscriptions takes more than a second: events come in all its phases.
    eventsub: { transport, createsPerSecond: 10, shards: 1 },
  });
  hub = opened;
  return { opened, workers: await opened.crowd(["channel.update"]) };
}

describe.each(["websocket", "conduit"] as const)("by %s", (transport) => {
  test("a renewal under load loses no event and doubles none, and leaves nothing of the old connection", async () => {
    const { opened, workers } = await open(transport);
    const stream = tell(opened, opened.channels, EVENTS_PER_SECOND);
    await opened.until(
      () => countHeard(workers),
      (count) => count > 50,
    );
    for (let renewals = 1; renewals <= 2; renewals += 1) {
      const before = (await opened.status()).eventsub.sessionId;
      expect(await opened.order({ do: "restart" }, "done")).toMatchObject({
        is: "answered",
        answer: { line: expect.stringContaining("Moved to") },
      });
      expect((await opened.status()).eventsub.sessionId).not.toBe(before);
      const told = stream.told.length;
      await opened.until(
        () => countHeard(workers),
        (count) => count > told + 50,
      );
    }
    stream.stop();
    await opened.until(
      () => countHeard(workers),
      (count) => count >= stream.told.length,
    );
    for (const [at, channel] of opened.channels.entries()) {
      const wanted = stream.told.filter((one) => one.channel === channel).map(({ title }) => title);
      const heard = titlesOf(workers[at]);
      // While a subscription moves, its two copies may overtake each other; nothing is lost or told twice.
      expect([...heard].sort(), channel).toEqual([...wanted].sort());
    }
    expect(opened.dials()).toBe(3);
    expect((await opened.status()).events.duplicates).toBe(0);
    await opened.until(opened.status, ({ eventsub }) => eventsub.connections === 1);
    const { ofTheBot, ofTheApplication } = askTwitch(opened.sim);
    const rows = await (transport === "conduit" ? ofTheApplication() : ofTheBot());
    const alive = rows.filter((one) => one.status === "enabled" && one.type === "channel.update");
    expect(alive).toHaveLength(CHANNELS);
  });

  test("a drained hub has no connection and dials none, and is whole again after the undrain", async () => {
    const { opened, workers } = await open(transport);
    const [first] = opened.channels;
    expect(await opened.order({ do: "drain" }, "done")).toMatchObject({ is: "answered" });
    const dials = opened.dials();
    expect((await opened.status()).eventsub).toMatchObject({ mode: "paused", connections: 0 });
    expect(await opened.order({ do: "restart" }, "done")).toMatchObject({ is: "refused" });
    // A wish meanwhile is remembered and waits.
    workers[0]?.want(["channel.update", "stream.online"]);
    await opened.until(opened.status, ({ subscriptions }) => subscriptions.length === CHANNELS + 1);
    expect(opened.dials()).toBe(dials);
    await opened.order({ do: "undrain" }, "done");
    await opened.whole();
    const stream = tell(opened, [first ?? ""], 20);
    const before = titlesOf(workers[0]).length;
    await opened.until(
      () => titlesOf(workers[0]).length,
      (count) => count > before,
    );
    stream.stop();
  });
});
