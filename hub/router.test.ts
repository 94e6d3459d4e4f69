import fc from "fast-check";
import * as v from "valibot";
import { describe, expect, test } from "vitest";
import { ChannelId, Login } from "../shared/ids.ts";
import type { HubToWorker } from "../shared/ipc/hub-worker.ts";
import { makeFakeClock } from "../tests/support/fake-clock.ts";
import { silentLog } from "../tests/support/silent-log.ts";
import type { Notification } from "./eventsub/parse-frame.ts";
import { KEPT_MAX, KEPT_MS, makeReplayWindow } from "./replay-window.ts";
import { makeRouter, UNDER_WAY_MAX, type WorkerLink } from "./router.ts";

const alice = v.parse(Login, "alice");
const bob = v.parse(Login, "bob");
const idOf = new Map([
  [alice, v.parse(ChannelId, "1")],
  [bob, v.parse(ChannelId, "2")],
]);

/** A channel.update whose title is its number, so that every one differs. */
const update = (channel: Login, title: string, messageId = `m-${channel}-${title}`): Notification => ({
  kind: "notification",
  messageId,
  at: "2026-01-01T00:00:00Z",
  type: "channel.update",
  event: {
    broadcaster_user_id: idOf.get(channel),
    broadcaster_user_login: channel,
    broadcaster_user_name: channel,
    title,
    language: "en",
    category_id: "1",
    category_name: "C",
  },
});

function makeWorker() {
  const heard: string[] = [];
  let isClosed = false;
  const link: WorkerLink = {
    send(message: HubToWorker) {
      if (isClosed) return "closed";
      if (message.kind === "event" && message.body.topic === "channel.update")
        heard.push(`${message.seq} ${message.body.title}`);
      if (message.kind === "gap") heard.push(`gap ${message.fromSeq}-${message.toSeq}`);
      return "sent";
    },
    closed: new Promise(() => {}),
    close() {
      isClosed = true;
    },
  };
  return { link, heard, isClosed: () => isClosed, cut: () => (isClosed = true) };
}

function open() {
  const clock = makeFakeClock();
  const router = makeRouter({ clock, log: silentLog });
  for (const [channel, id] of idOf) router.know(channel, id);
  return { clock, router };
}

describe("the router", () => {
  test("numbers each channel's events by itself and sends them to its worker", () => {
    const { router } = open();
    const [a, b] = [makeWorker(), makeWorker()];
    router.attach(alice, a.link, undefined);
    router.attach(bob, b.link, undefined);
    for (const title of ["x", "y"]) router.route(update(alice, title));
    router.route(update(bob, "z"));
    expect(a.heard).toEqual(["1 x", "2 y"]);
    expect(b.heard).toEqual(["1 z"]);
  });

  test("delivers once what Twitch delivers twice, under the same or another message id", () => {
    const { router, clock } = open();
    const worker = makeWorker();
    router.attach(alice, worker.link, undefined);
    router.route(update(alice, "x", "m1"));
    router.route(update(alice, "x", "m1"));
    router.route(update(alice, "x", "m2"));
    expect(worker.heard).toEqual(["1 x"]);
    expect(router.counts()).toMatchObject({ received: 3, duplicates: 2, routed: 1 });
    void clock;
  });

  test("a stream that flaps and a title that is set back are events, not repeats", () => {
    const { router } = open();
    const worker = makeWorker();
    router.attach(alice, worker.link, undefined);
    for (const [title, id] of [
      ["A", "1"],
      ["B", "2"],
      ["A", "3"],
      ["A", "4"],
    ] as const)
      router.route(update(alice, title, id));
    expect(worker.heard).toEqual(["1 A", "2 B", "3 A"]);
    const named = {
      broadcaster_user_id: "1",
      broadcaster_user_login: "alice",
      broadcaster_user_name: "alice",
    };
    const offline = (messageId: string): Notification => ({
      kind: "notification",
      messageId,
      at: "",
      type: "stream.offline",
      event: named,
    });
    const online = (messageId: string): Notification => ({
      ...offline(messageId),
      type: "stream.online",
      event: { ...named, id: messageId, type: "live", started_at: "2026-01-01T00:00:00Z" },
    });
    for (const one of [offline("5"), online("6"), offline("7"), offline("8")]) router.route(one);
    expect(router.counts()).toMatchObject({ routed: 6, duplicates: 2 });
  });

  test("an equal event a minute later is another event", async () => {
    const { router, clock } = open();
    const worker = makeWorker();
    router.attach(alice, worker.link, undefined);
    router.route(update(alice, "x", "m1"));
    await clock.advance(60_001);
    router.route(update(alice, "x", "m2"));
    expect(worker.heard).toEqual(["1 x", "2 x"]);
  });

  test("keeps what a worker has not dealt with, and sends it again to the next", () => {
    const { router } = open();
    const first = makeWorker();
    router.attach(alice, first.link, undefined);
    for (const title of ["a", "b", "c"]) router.route(update(alice, title));
    router.acknowledge(alice, first.link, 1);
    router.detach(alice, first.link);
    router.route(update(alice, "d"));
    const second = makeWorker();
    router.attach(alice, second.link, undefined);
    expect(second.heard).toEqual(["2 b", "3 c", "4 d"]);
    expect(router.counts().withoutWorker).toBe(1);
  });

  test("a worker that lost only its connection goes on where it was", () => {
    const { router } = open();
    const worker = makeWorker();
    router.attach(alice, worker.link, undefined);
    for (const title of ["a", "b"]) router.route(update(alice, title));
    const again = makeWorker();
    router.attach(alice, again.link, 2);
    router.route(update(alice, "c"));
    expect(worker.isClosed()).toBe(true);
    expect(again.heard).toEqual(["3 c"]);
  });

  test("a slow worker gets no more than its window, another all of its own", () => {
    const { router } = open();
    const [slow, quick] = [makeWorker(), makeWorker()];
    router.attach(alice, slow.link, undefined);
    router.attach(bob, quick.link, undefined);
    for (let n = 1; n <= UNDER_WAY_MAX + 10; n += 1) {
      router.route(update(alice, `${n}`));
      router.route(update(bob, `${n}`));
      router.acknowledge(bob, quick.link, n);
    }
    expect(slow.heard).toHaveLength(UNDER_WAY_MAX);
    expect(quick.heard).toHaveLength(UNDER_WAY_MAX + 10);
    router.acknowledge(alice, slow.link, UNDER_WAY_MAX);
    expect(slow.heard.at(-1)).toBe(`${UNDER_WAY_MAX + 10} ${UNDER_WAY_MAX + 10}`);
  });

  test("says honestly what was lost when a worker was away for too long", async () => {
    const { router, clock } = open();
    router.route(update(alice, "old"));
    await clock.advance(KEPT_MS + 1);
    router.route(update(alice, "new"));
    const worker = makeWorker();
    router.attach(alice, worker.link, undefined);
    expect(worker.heard).toEqual(["gap 1-1", "2 new"]);
  });

  test("forgets a channel that left the house when its worker has left, and no other", () => {
    const { router } = open();
    const [a, b] = [makeWorker(), makeWorker()];
    router.attach(alice, a.link, undefined);
    router.attach(bob, b.link, undefined);
    router.keepOnly([bob]);
    const channels = () => router.workers().map((one) => one.channel);
    expect(channels()).toEqual([alice, bob]);
    router.detach(alice, a.link);
    router.detach(bob, b.link);
    expect(channels()).toEqual([bob]);
    router.route(update(alice, "x"));
    expect(router.counts().routed).toBe(0);
  });

  test("nothing of a channel or a type that is not ours gets through", () => {
    const { router } = open();
    const worker = makeWorker();
    router.attach(alice, worker.link, undefined);
    router.route({ ...update(alice, "x"), type: "channel.telepathy" });
    router.route({ ...update(alice, "x"), event: { broadcaster_user_id: "999" } });
    router.route({
      ...update(alice, "x"),
      event: { ...(update(alice, "x").event as object), broadcaster_user_id: "999" },
    });
    expect(worker.heard).toEqual([]);
  });

  test("whatever dies and comes back when: every event reaches the channel's worker, in order, and none is skipped", () => {
    const step = fc.oneof(
      { weight: 5, arbitrary: fc.constant("event" as const) },
      { weight: 3, arbitrary: fc.constant("acknowledge" as const) },
      { weight: 1, arbitrary: fc.constant("killed" as const) },
      { weight: 1, arbitrary: fc.constant("reconnects" as const) },
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        const { router } = open();
        let sent = 0;
        let done = 0;
        let worker = makeWorker();
        router.attach(alice, worker.link, undefined);
        for (const what of steps) {
          if (what === "event") router.route(update(alice, `${++sent}`));
          if (what === "acknowledge" && worker.heard.length > 0) {
            done = Number(worker.heard.at(-1)?.split(" ")[0]);
            router.acknowledge(alice, worker.link, done);
          }
          if (what === "killed" || what === "reconnects") {
            router.detach(alice, worker.link);
            worker = makeWorker();
            router.attach(alice, worker.link, what === "killed" ? undefined : done);
          }
          // What this worker heard is a row without holes that begins right after what was dealt with.
          const numbers = worker.heard.map((line) => Number(line.split(" ")[0]));
          expect(numbers).toEqual(numbers.map((_, index) => (numbers[0] ?? 0) + index));
        }
        router.detach(alice, worker.link);
        const last = makeWorker();
        router.attach(alice, last.link, undefined);
        expect(last.heard).toHaveLength(sent - done);
      }),
    );
  });
});

test("a window holds no more than it may, and says from where on it is whole", () => {
  const window = makeReplayWindow(makeFakeClock());
  const body = { topic: "stream.offline", broadcasterLogin: "a", broadcasterName: "A" } as const;
  for (let n = 0; n < KEPT_MAX + 5; n += 1) window.add({ id: `${n}`, at: "", body });
  const { events, gap } = window.after(0);
  expect(events).toHaveLength(KEPT_MAX);
  expect(gap).toEqual({ fromSeq: 1, toSeq: 5 });
  expect(window.after(KEPT_MAX).gap).toBeUndefined();
  window.acknowledge(KEPT_MAX + 5);
  expect(window.unacknowledged()).toBe(0);
});
