import * as v from "valibot";
import { expect, test } from "vitest";
import { ChannelId } from "../../shared/ids.ts";
import type { Topic } from "../../shared/twitch/topics.ts";
import { makeFakeClock, settled } from "../../tests/support/fake-clock.ts";
import { silentLog } from "../../tests/support/silent-log.ts";
import type { HandleEvent, HubDesk } from "../hub-desk.ts";
import { withDirectEvents, withoutEvents } from "./direct-desk.ts";
import type { DirectListening } from "./direct-listener.ts";

const channelId = v.parse(ChannelId, "1");
const offline = {
  broadcaster_user_id: "1",
  broadcaster_user_login: "alice",
  broadcaster_user_name: "Alice",
};

function makeHub() {
  const wishes: (readonly Topic[])[] = [];
  const handlers: HandleEvent[] = [];
  const hub = {
    wantTopics(topics: readonly Topic[], onSettled: () => void) {
      wishes.push(topics);
      onSettled();
    },
    takeEvents: (handler: HandleEvent) => void handlers.push(handler),
    holdEvents() {},
    stop() {},
  } as unknown as HubDesk;
  return { hub, wishes, handlers };
}

async function openDesk() {
  const { hub, wishes, handlers } = makeHub();
  const told: string[] = [];
  const clock = makeFakeClock();
  const troubles: string[] = [];
  const waits: string[] = [];
  const listenings: DirectListening[] = [];
  const desk = withDirectEvents(hub, {
    channelId: () => channelId,
    loadListener: async () => (listening) => {
      listenings.push(listening);
      return { tryAgain() {}, stop() {} };
    },
    clock,
    random: () => 0,
    log: silentLog,
    onTrouble: (code, detail) => troubles.push(`${code} ${detail}`),
    onTopicsWait: (because, forMs) => waits.push(`${because}, ${forMs}`),
    missed: {
      wants: (topics) => void told.push(`wants ${topics.join(" ")}`),
      heard: ({ topic }) => void told.push(`heard ${topic}`),
      settled: () => void told.push("settled"),
    },
  });
  let settledTimes = 0;
  desk.wantTopics(["stream.offline", "channel.follow"], () => (settledTimes += 1));
  await settled();
  const [listening] = listenings;
  if (!listening) throw new Error("nothing was opened");
  const tell = (messageId: string, body: object = offline) =>
    listening.onEvent({ messageId, at: "2026-01-01T00:00:00Z", topic: "stream.offline", body });
  return {
    desk,
    wishes,
    handlers,
    told,
    listening,
    tell,
    troubles,
    waits,
    clock,
    settledTimes: () => settledTimes,
  };
}

test("the hub is told that nothing is wanted; settled is what stands or was refused here", async () => {
  const { desk, wishes, listening, troubles, settledTimes } = await openDesk();
  expect(wishes).toEqual([[]]);
  listening.onReady();
  listening.onSubscribed("stream.offline");
  expect(settledTimes()).toBe(0);
  listening.onRefused("channel.follow", "403");
  expect(settledTimes()).toBe(1);
  expect(troubles).toEqual(["topic-refused channel.follow: 403"]);
  desk.stop();
});

test("a topic that is not given yet is told with the time until the next try, and nobody looks for what was missed", async () => {
  const { desk, listening, troubles, waits, told, settledTimes } = await openDesk();
  listening.onReady();
  listening.onSubscribed("channel.follow");
  listening.onNotYet("stream.offline", { is: "away", problem: "503 Service Unavailable" });
  expect(troubles).toEqual(["eventsub-away none of stream.offline: 503 Service Unavailable"]);
  expect(waits).toEqual(["stream.offline is not given yet: 503 Service Unavailable, 20500"]);
  expect(settledTimes()).toBe(0);
  expect(told).not.toContain("settled");
  desk.stop();
});

test("events are handed on once, those that came early too, and of this channel only", async () => {
  const { desk, tell } = await openDesk();
  tell("early");
  const heard: string[] = [];
  desk.takeEvents(async ({ id }) => {
    heard.push(id);
    return "dealt-with";
  });
  tell("early");
  tell("elsewhere", { ...offline, broadcaster_user_id: "2" });
  tell("odd", { nonsense: true });
  expect(heard).toEqual(["early"]);
  desk.stop();
});

test("whoever looks for what was missed is told what came, and what is found is handed on once, whichever way it came first", async () => {
  const { desk, handlers, told, listening, tell } = await openDesk();
  const heard: string[] = [];
  desk.takeEvents(async ({ id }) => {
    heard.push(id);
    return "dealt-with";
  });
  const find = (id: string, streamId: string) =>
    handlers[0]?.({
      kind: "event",
      seq: 1,
      id,
      at: "2026-01-01T00:00:00Z",
      recovered: true,
      body: {
        topic: "stream.online",
        broadcasterLogin: "alice",
        broadcasterName: "Alice",
        streamId,
        streamType: "live",
        startedAt: "2026-01-01T00:00:00Z",
      },
    });
  listening.onSubscribed("stream.offline");
  listening.onSubscribed("channel.follow");
  const online = { ...offline, id: "s1", type: "live", started_at: "2026-01-01T00:00:00Z" };
  const hear = (messageId: string, streamId: string) =>
    listening.onEvent({
      messageId,
      at: "2026-01-01T00:00:00Z",
      topic: "stream.online",
      body: { ...online, id: streamId },
    });
  expect(await find("recovered online s1", "s1")).toBe("dealt-with");
  hear("late", "s1");
  tell("over");
  hear("next", "s2");
  expect(await find("recovered online s2", "s2")).toBe("dealt-with");
  expect(heard).toEqual(["recovered online s1", "over", "next"]);
  expect(told).toEqual([
    "wants stream.offline channel.follow",
    "settled",
    "heard stream.offline",
    "heard stream.online",
  ]);
  desk.stop();
});

test("disabled: nothing is wanted, and that is settled", () => {
  const { hub, wishes } = makeHub();
  let isSettled = false;
  withoutEvents(hub, silentLog).wantTopics(["stream.online"], () => {
    isSettled = true;
  });
  expect(wishes).toEqual([[]]);
  expect(isSettled).toBe(true);
});
