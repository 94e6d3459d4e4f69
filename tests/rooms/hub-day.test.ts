/**
 * A day of the hub in one process: its connection, reconciliation, token, router and gap fill on a clock that does
 * not wait, against a Twitch that moves the session every four hours and gives tokens that live as long.
 */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import * as v from "valibot";
import { expect, test } from "vitest";
import { makeOwnCarriers } from "../../hub/eventsub/own-carriers.ts";
import { makeWebSocketTransport } from "../../hub/eventsub/websocket-transport.ts";
import type { LiveStream } from "../../hub/gap-fill/plan-gap-fill.ts";
import { startGapFill } from "../../hub/gap-fill/start-gap-fill.ts";
import { makeJournal } from "../../hub/journal.ts";
import { startReconcileLoop } from "../../hub/reconcile/loop.ts";
import { makeRouter } from "../../hub/router.ts";
import { startTokenOwner } from "../../hub/tokens/token-owner.ts";
import type { IdTwitch } from "../../hub/twitch/id-twitch.ts";
import { ChannelId, Login, UserId } from "../../shared/ids.ts";
import type { Topic } from "../../shared/twitch/topics.ts";
import { makeFakeClock, settled } from "../support/fake-clock.ts";
import { makeFakeDial } from "../support/fake-dial.ts";
import { makeFakeEventSub } from "../support/fake-eventsub.ts";
import { makeMemoryJournal, noTrouble } from "../support/memory-journal.ts";
import { makeWorkerLink } from "../support/router-room.ts";
import { silentLog } from "../support/silent-log.ts";

const HOUR_MS = 3_600_000;
const MOVES_EVERY_HOURS = 4;
const HOURS = 24;
/** The test's own books grow, too: who was asked what, and each socket that was dialled. */
const HEAP_GROWTH_MAX = 2 * 1024 * 1024;
const TOPICS: readonly Topic[] = ["stream.online", "stream.offline", "channel.update"];
const channels = Array.from({ length: 20 }, (_, at) => ({
  channelId: v.parse(ChannelId, String(100 + at)),
  login: v.parse(Login, `channel_${at}`),
}));
const bot = v.parse(Login, "kissbot");

/** A Twitch whose tokens live four hours. */
function makeIdTwitch() {
  const asked = { validates: 0, refreshes: 0 };
  const clock = makeFakeClock();
  const bornAt = new Map<string, number>([["a0", 0]]);
  const idTwitch: IdTwitch = {
    async validate(token) {
      asked.validates += 1;
      const leftMs = (bornAt.get(token) ?? -Infinity) + MOVES_EVERY_HOURS * HOUR_MS - clock.now();
      if (leftMs <= 0) return { is: "invalid", problem: "401 invalid access token" };
      const userId = v.parse(UserId, "7");
      return {
        is: "valid",
        facts: { clientId: "client", login: bot, userId, scopes: [], expiresInMs: leftMs },
      };
    },
    async refresh() {
      asked.refreshes += 1;
      const accessToken = `a${asked.refreshes}`;
      bornAt.set(accessToken, clock.now());
      return { is: "fresh", accessToken, refreshToken: `r${asked.refreshes}` };
    },
  };
  return { clock, idTwitch, asked };
}

function openHub() {
  const { clock, idTwitch, asked } = makeIdTwitch();
  const log = silentLog;
  const random = () => 0.5;
  const eventsub = makeFakeEventSub();
  const dialled = makeFakeDial();
  const memory = new Map<string, string>();
  const troubles: string[] = [];
  const tokens = startTokenOwner({
    login: bot,
    clientId: "client",
    configured: { accessToken: "a0", refreshToken: "r0" },
    store: { find: () => undefined, put: () => {} },
    idTwitch,
    clock,
    random,
    log,
    onReauthNeeded: (problem) => troubles.push(problem),
  });
  const journal = makeJournal({ store: makeMemoryJournal(), clock, log, onTrouble: noTrouble });
  const router = makeRouter({
    clock,
    log,
    journal,
    onRouted: (_channel, channelId, event) => {
      if (!event.recovered) gapFill.heard(channelId, event.body);
    },
  });
  const transport = makeWebSocketTransport({
    url: "wss://eventsub.test/ws",
    dial: dialled.dial,
    clock,
    random,
    log,
    own: makeOwnCarriers(
      { find: (key) => memory.get(key), put: (key, value) => void memory.set(key, value) },
      log,
    ),
    mayDial: () => true,
    listeners: {
      onOpen: () => {},
      onCarriers: () => reconcile.nudge("carriers-changed"),
      onLost: (end) => troubles.push(end.because),
      onNotification: router.route,
      onRevocation: () => troubles.push("revoked"),
    },
  });
  const wanted = channels.flatMap(({ channelId }) => TOPICS.map((topic) => ({ channelId, topic })));
  const reconcile = startReconcileLoop({
    desk: eventsub.desk,
    transport,
    wanted: () => wanted,
    canCarry: () => ({ is: "yes" }),
    createsPerSecond: 10,
    joins: { waitMs: () => 0, begin: () => () => {} },
    clock,
    random,
    log,
    onRefused: (_want, { problem }) => troubles.push(problem),
    onBug: (problem) => troubles.push(problem),
    onLooked: () => {},
    onSettled: () => {},
  });
  const live = new Map<ChannelId, LiveStream>();
  const gapFill = startGapFill({
    look: {
      streams: async () => ({ is: "looked", value: new Map(live) }),
      infos: async () => ({ is: "looked", value: new Map() }),
      followers: async () => ({ is: "looked", value: [] }),
    },
    store: { all: () => [], put: () => {}, remove: () => {} },
    channels: () => channels.map((one) => ({ ...one, name: one.login, topics: new Set(TOPICS) })),
    onFound: router.routeOwn,
    waitForPointsMs: () => 0,
    lookEveryMs: 60_000,
    clock,
    random,
    log,
  });
  for (const { login, channelId } of channels) router.know(login, channelId);
  const close = () => {
    gapFill.stop();
    reconcile.stop();
    transport.stop();
    tokens.stop();
    journal.close();
  };
  return {
    clock,
    asked,
    eventsub,
    dialled,
    tokens,
    router,
    transport,
    reconcile,
    gapFill,
    live,
    troubles,
    wanted,
    close,
  };
}

setFlagsFromString("--expose-gc");
const collect: () => void = runInNewContext("gc");

/** What a collection leaves behind. */
function heapBytes(): number {
  collect();
  return process.memoryUsage().heapUsed;
}

test("24 hours: six moves, six fresh tokens, a validation an hour, no drift, flat memory", async () => {
  const hub = openHub();
  const { clock, dialled, eventsub, router, live } = hub;
  const workers = channels.map(({ login }) => {
    const { link } = makeWorkerLink();
    router.attach(login, link, undefined);
    return { login, link };
  });
  await hub.tokens.get();
  hub.transport.begin();
  hub.transport.need(hub.wanted.length);
  await settled();
  eventsub.open("session-0");
  dialled.last().welcome("session-0");
  await dialled.live(clock, 60_000);
  expect(eventsub.alive()).toHaveLength(hub.wanted.length);

  let notified = 0;
  const notify = (channelId: ChannelId, type: Topic, more: object) => {
    notified += 1;
    const [socket] = dialled.open();
    const login = channels.find((one) => one.channelId === channelId)?.login;
    const whose = {
      broadcaster_user_id: channelId,
      broadcaster_user_login: login,
      broadcaster_user_name: login,
    };
    socket?.notify(`m${notified}`, type, { ...whose, ...more });
    for (const { login: its, link } of workers) router.acknowledge(its, link, Number.MAX_SAFE_INTEGER);
  };
  const evening = async (hour: number) => {
    for (const [at, { channelId }] of channels.entries()) {
      const streamId = `stream-${hour}-${at}`;
      const startedAt = new Date(clock.wall()).toISOString();
      live.set(channelId, { streamId, startedAt });
      notify(channelId, "stream.online", { id: streamId, type: "live", started_at: startedAt });
    }
    await dialled.live(clock, HOUR_MS / 2);
    for (const { channelId } of channels) {
      live.delete(channelId);
      notify(channelId, "stream.offline", {});
    }
    await dialled.live(clock, HOUR_MS / 2);
  };

  const timersBefore = clock.pending();
  let heapAfterWarmUp = 0;
  for (let hour = 0; hour < HOURS; hour += 1) {
    await evening(hour);
    if (hour === MOVES_EVERY_HOURS) heapAfterWarmUp = heapBytes();
    if ((hour + 1) % MOVES_EVERY_HOURS !== 0) continue;
    const next = `session-${(hour + 1) / MOVES_EVERY_HOURS}`;
    dialled.open()[0]?.reconnect("wss://eventsub.test/next");
    await settled();
    eventsub.open(next);
    dialled.last().welcome(next);
    await settled();
  }

  expect(hub.asked.refreshes).toBe(6);
  // One at the start, one an hour, one for each fresh token before it is used.
  expect(hub.asked.validates).toBe(1 + HOURS + 6);
  expect(hub.tokens.state().is).toBe("good");
  expect(hub.transport.state().connections).toMatchObject([{ mode: "live", reconnects: 6 }]);
  expect(hub.troubles).toEqual([]);

  expect(eventsub.alive()).toHaveLength(hub.wanted.length);
  expect(eventsub.doubled()).toBe(0);
  expect(eventsub.asked.filter((one) => one.startsWith("create"))).toHaveLength(hub.wanted.length);
  expect(eventsub.asked.filter((one) => one.startsWith("delete"))).toEqual([]);
  expect(hub.gapFill.state()).toMatchObject({ drifts: [], recovered: 0, problem: undefined });

  expect(router.counts()).toMatchObject({ received: notified, routed: notified, duplicates: 0, dropped: 0 });
  expect(router.workers().every((one) => one.unacknowledged === 0)).toBe(true);
  expect(clock.pending()).toBe(timersBefore);
  expect(heapBytes() - heapAfterWarmUp).toBeLessThan(HEAP_GROWTH_MAX);
  hub.close();
  expect(clock.pending()).toBe(0);
}, 60_000);
