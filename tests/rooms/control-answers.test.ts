/** What the cli is told by the house it asks, over real sockets: however many channels there are, and however long it takes. */
import * as v from "valibot";
import { afterEach, describe, expect, test } from "vitest";
import { askSupervisorStatus } from "../../cli/control-link.ts";
import { askHub } from "../../cli/hub/ask-hub.ts";
import { answerQuestion } from "../../cli/hub/questions.ts";
import type { Renewed } from "../../hub/eventsub/transport.ts";
import { toSubscriptionTable } from "../../hub/reconcile/subscription-table.ts";
import { toHubStatus } from "../../hub/status.ts";
import { systemClock } from "../../shared/clock.ts";
import { ChildId } from "../../shared/ids.ts";
import type { ChildStatus } from "../../shared/ipc/control.ts";
import { FRAME_BYTES_MAX } from "../../shared/ipc/wire.ts";
import type { Topic } from "../../shared/twitch/topics.ts";
import { openAnsweringHub } from "../support/answering-hub.ts";
import { openAnsweringSupervisor } from "../support/answering-supervisor.ts";
import { makeFakeClock } from "../support/fake-clock.ts";
import { makeHubSources } from "../support/hub-sources.ts";
import { makeTestDesk } from "../support/test-desk.ts";

let opened: { remove(): Promise<void> } | undefined;
afterEach(async () => {
  await opened?.remove();
  opened = undefined;
});

const CHANNELS = 1_000;
const TOPICS: readonly Topic[] = [
  "stream.online",
  "stream.offline",
  "channel.update",
  "channel.follow",
  "channel.raid",
  "channel.subscribe",
  "channel.subscription.gift",
  "channel.subscription.message",
  "channel.cheer",
  "channel.chat.message",
];
const NO_GRANT =
  "channel.cheer takes the broadcaster's grant of bits:read: 403 subscription missing proper authorization: the broadcaster has not authorised this application for it";

describe("a hub of a thousand channels with ten subscriptions each", () => {
  const sources = makeHubSources({
    channels: CHANNELS,
    topics: TOPICS,
    connections: [{}, {}, {}],
    refused: {
      "channel.subscribe": NO_GRANT,
      "channel.subscription.gift": NO_GRANT,
      "channel.subscription.message": NO_GRANT,
      "channel.cheer": NO_GRANT,
    },
  });
  async function openHub() {
    const hub = await openAnsweringHub({
      status: () => toHubStatus(sources),
      subscriptions: () => {
        const { rows, totals } = toSubscriptionTable(sources.wanted, sources.picture);
        return { rows: [...rows], totals };
      },
    });
    opened = hub;
    return hub;
  }

  test("tells its whole status", async () => {
    const { home } = await openHub();
    const asked = await askHub({ do: "status" }, "status", { home, clock: systemClock });
    if (asked.is !== "answered") throw new Error(asked.is === "away" ? asked.problem : asked.because);
    const { subscriptions, workers } = asked.answer.status;
    expect(subscriptions).toHaveLength(CHANNELS * TOPICS.length);
    expect(subscriptions.filter(({ state }) => state === "enabled")).toHaveLength(CHANNELS * 6);
    expect(workers).toHaveLength(CHANNELS);
    expect(JSON.stringify(asked.answer).length).toBeGreaterThan(FRAME_BYTES_MAX);
  });

  test("tells every subscription, and every figure", async () => {
    const { home } = await openHub();
    const { desk, said } = makeTestDesk(home);
    const options = { json: true, prom: false, follow: false };
    // 1: some are refused.
    expect(await answerQuestion("subscriptions", options, desk)).toBe(1);
    expect(JSON.parse(said.join("")).rows).toHaveLength(CHANNELS * TOPICS.length);
    expect(await answerQuestion("metrics", options, desk)).toBe(0);
  });
});

describe("an order that Twitch's pace makes long", () => {
  const options = { json: false, prom: false, follow: false };
  const MOVED = { is: "renewed", connections: 3, endedEarly: 0, tookMs: 1_800_000 } as const;

  /** Ordered, and taken by the hub. */
  async function order() {
    const clock = makeFakeClock();
    const moved = Promise.withResolvers<Renewed>();
    const taken = Promise.withResolvers<void>();
    let there = 0;
    const hub = await openAnsweringHub({
      clock,
      settled: () => ({ there: ++there, of: 900 }),
      renew() {
        taken.resolve();
        return moved.promise;
      },
    });
    opened = hub;
    const { desk, said, warned } = makeTestDesk(hub.home);
    let onWarn = () => {};
    const exitCode = answerQuestion("restart", options, {
      ...desk,
      clock,
      warn(text) {
        warned.push(text);
        onWarn();
      },
    });
    await taken.promise;
    return {
      hub,
      clock,
      moved,
      exitCode,
      said,
      warned,
      async passTenSeconds() {
        const heard = new Promise<void>((resolve) => {
          onWarn = resolve;
        });
        await clock.advance(10_000);
        await heard;
      },
    };
  }

  test("is waited for as long as the hub lives, and says how far it is", async () => {
    const { clock, moved, exitCode, said, warned, passTenSeconds } = await order();
    // Half an hour: at the lowest pace a restart takes longer.
    for (let words = 0; words < 180; words += 1) await passTenSeconds();
    expect(warned.at(-1)).toBe(
      "kissbot: the hub is still at it: 180 of 900 subscriptions are where they belong",
    );
    moved.resolve(MOVED);
    expect(await exitCode).toBe(0);
    expect(said).toEqual(["Moved to 3 new connections in 1800.0 s; no event was lost."]);
    expect(warned).toHaveLength(180);
    expect(clock.pending()).toBe(0);
  });

  test("ends with the hub", async () => {
    const { hub, moved, exitCode, said, passTenSeconds } = await order();
    await passTenSeconds();
    await hub.leave();
    expect(await exitCode).toBe(2);
    expect(said.join("")).toContain("The hub does not answer (the other end left)");
    moved.resolve(MOVED);
  });
});

test("a supervisor of a thousand channels tells its whole status", async () => {
  const children = Array.from(
    { length: CHANNELS },
    (_, at): ChildStatus => ({
      childId: v.parse(ChildId, `worker:some_channel_${at}`),
      state: "running",
      stage: "ready",
      pid: 100_000 + at,
      uptimeMs: 3_600_000,
      restarts: 0,
      counters: {
        messagesSeen: 123_456,
        messagesAnswered: 1_234,
        messagesSent: 1_234,
        eventsSeen: 12,
        chatLink: "open",
        hubLink: "open",
      },
      usage: { lagMs: 2.5, lagP99Ms: 1.25, cpuPercent: 0.5, heapKb: 9_000, rssKb: 60_000, handles: 12 },
      perMinute: { seen: 12, sent: 1 },
      pssKb: 15_000,
    }),
  );
  const supervisor = await openAnsweringSupervisor(() => ({
    kind: "status",
    status: { health: "healthy", sentence: "All is well.", pid: 7, uptimeMs: 1, children, asleep: [] },
  }));
  opened = supervisor;
  const asked = await askSupervisorStatus(supervisor.home, systemClock);
  expect(asked).toMatchObject({ is: "answered", status: { children } });
  expect(JSON.stringify(asked).length).toBeGreaterThan(FRAME_BYTES_MAX);
});
