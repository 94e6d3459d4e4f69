import fc from "fast-check";
import * as v from "valibot";
import { describe, expect, test } from "vitest";
import { ChannelId, Login } from "../shared/ids.ts";
import { makeFakeClock } from "../tests/support/fake-clock.ts";
import {
  alice,
  bob,
  makeWorkerLink,
  type Notified,
  openRouter,
  titled,
  update,
} from "../tests/support/router-room.ts";
import { silentLog } from "../tests/support/silent-log.ts";
import { makeTestLog } from "../tests/support/test-log.ts";
import { LASTING } from "./replay-window.ts";
import { HOUSE_CHARS_MAX, makeRouter } from "./router.ts";
import { UNDER_WAY_CHARS_MAX, UNDER_WAY_MAX } from "./under-way.ts";

describe("the router", () => {
  test("numbers each channel's events by itself and sends them to its worker", () => {
    const { router } = openRouter();
    const [a, b] = [makeWorkerLink(), makeWorkerLink()];
    router.attach(alice, a.link, undefined);
    router.attach(bob, b.link, undefined);
    for (const title of ["x", "y"]) router.route(update(alice, title));
    router.route(update(bob, "z"));
    expect(a.heard).toEqual(["1 x", "2 y"]);
    expect(b.heard).toEqual(["1 z"]);
  });

  test("delivers once what Twitch delivers twice, under the same or another message id", () => {
    const { router, clock } = openRouter();
    const worker = makeWorkerLink();
    router.attach(alice, worker.link, undefined);
    router.route(update(alice, "x", "m1"));
    router.route(update(alice, "x", "m1"));
    router.route(update(alice, "x", "m2"));
    expect(worker.heard).toEqual(["1 x"]);
    expect(router.counts()).toMatchObject({ received: 3, duplicates: 2, routed: 1 });
    void clock;
  });

  test("a stream that flaps and a title that is set back are events, not repeats", () => {
    const { router } = openRouter();
    const worker = makeWorkerLink();
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
    const offline = (messageId: string): Notified => ({
      messageId,
      at: "",
      type: "stream.offline",
      event: named,
    });
    const online = (messageId: string): Notified => ({
      ...offline(messageId),
      type: "stream.online",
      event: { ...named, id: messageId, type: "live", started_at: "2026-01-01T00:00:00Z" },
    });
    for (const one of [offline("5"), online("6"), offline("7"), offline("8")]) router.route(one);
    expect(router.counts()).toMatchObject({ routed: 6, duplicates: 2 });
  });

  test("an equal event a minute later is another event", async () => {
    const { router, clock } = openRouter();
    const worker = makeWorkerLink();
    router.attach(alice, worker.link, undefined);
    router.route(update(alice, "x", "m1"));
    await clock.advance(60_001);
    router.route(update(alice, "x", "m2"));
    expect(worker.heard).toEqual(["1 x", "2 x"]);
  });

  test("keeps what a worker has not dealt with, and sends it again to the next", () => {
    const { router } = openRouter();
    const first = makeWorkerLink();
    router.attach(alice, first.link, undefined);
    for (const title of ["a", "b", "c"]) router.route(update(alice, title));
    router.acknowledge(alice, first.link, 1);
    router.detach(alice, first.link);
    router.route(update(alice, "d"));
    const second = makeWorkerLink();
    router.attach(alice, second.link, undefined);
    expect(second.heard).toEqual(["2 b", "3 c", "4 d"]);
    expect(router.counts().withoutWorker).toBe(1);
  });

  test("a worker that lost only its connection goes on where it was", () => {
    const { router } = openRouter();
    const worker = makeWorkerLink();
    router.attach(alice, worker.link, undefined);
    for (const title of ["a", "b"]) router.route(update(alice, title));
    const again = makeWorkerLink();
    router.attach(alice, again.link, 2);
    router.route(update(alice, "c"));
    expect(worker.isClosed()).toBe(true);
    expect(again.heard).toEqual(["3 c"]);
  });

  test("a slow worker gets no more than its window, another all of its own", () => {
    const { router } = openRouter();
    const [slow, quick] = [makeWorkerLink(), makeWorkerLink()];
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
    const { router, clock } = openRouter();
    router.route(update(alice, "old"));
    await clock.advance(LASTING.ageMaxMs + 1);
    router.route(update(alice, "new"));
    const worker = makeWorkerLink();
    router.attach(alice, worker.link, undefined);
    expect(worker.heard).toEqual(["gap 1-1", "2 new"]);
    expect(router.counts().dropped).toBe(1);
    // Whether the first heard of the gap nobody knows: its successor is told, too, until one has said that it knows.
    const second = makeWorkerLink();
    router.attach(alice, second.link, undefined);
    expect(second.heard).toEqual(["gap 1-1", "2 new"]);
    router.acknowledge(alice, second.link, 1);
    const third = makeWorkerLink();
    router.attach(alice, third.link, undefined);
    expect(third.heard).toEqual(["2 new"]);
  });

  test("forgets a channel that left the house when its worker has left, and no other", () => {
    const { router } = openRouter();
    const [a, b] = [makeWorkerLink(), makeWorkerLink()];
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
    const { router } = openRouter();
    const worker = makeWorkerLink();
    router.attach(alice, worker.link, undefined);
    router.route({ ...update(alice, "x"), type: "channel.telepathy" });
    router.route({ ...update(alice, "x"), event: { broadcaster_user_id: "999" } });
    router.route({
      ...update(alice, "x"),
      event: { ...(update(alice, "x").event as object), broadcaster_user_id: "999" },
    });
    expect(worker.heard).toEqual([]);
  });

  test("a stopped worker is sent no more than its window, however much comes, and hears honestly what it missed", () => {
    const { router } = openRouter();
    const [stopped, quick] = [makeWorkerLink(), makeWorkerLink()];
    router.attach(alice, stopped.link, undefined);
    router.attach(bob, quick.link, undefined);
    const came = LASTING.countMax + 1_000;
    for (let n = 1; n <= came; n += 1) {
      router.route(update(alice, `${n}`));
      router.route(update(bob, `${n}`));
      router.acknowledge(bob, quick.link, n);
    }
    expect(quick.heard).toHaveLength(came);
    expect(stopped.heard).toHaveLength(UNDER_WAY_MAX);
    expect(router.workers()).toMatchObject([{ unacknowledged: LASTING.countMax }, { unacknowledged: 0 }]);
    // It wakes up and works through what lies in its socket.
    router.acknowledge(alice, stopped.link, UNDER_WAY_MAX);
    expect(stopped.heard[UNDER_WAY_MAX]).toBe(`gap ${UNDER_WAY_MAX + 1}-1000`);
    expect(stopped.heard[UNDER_WAY_MAX + 1]).toBe("1001 1001");
  });

  test("no more characters are under way than a socket may hold", () => {
    const { router } = openRouter();
    const worker = makeWorkerLink();
    router.attach(alice, worker.link, undefined);
    const long = "x".repeat(10_000);
    for (let n = 1; n <= 100; n += 1)
      router.routeOwn(v.parse(ChannelId, "1"), { id: `${n}`, at: "", body: titled(`${n}${long}`) });
    const fits = Math.ceil(UNDER_WAY_CHARS_MAX / 10_180);
    expect(worker.heard).toHaveLength(fits);
    router.acknowledge(alice, worker.link, 5);
    expect(worker.heard).toHaveLength(fits + 5);
  });

  test("when every worker is gone, the house keeps no more than it may: the fullest channel gives first", () => {
    const clock = makeFakeClock();
    const { journal } = openRouter(undefined, clock);
    const router = makeRouter({ clock, log: silentLog, journal });
    const channels = Array.from({ length: 60 }, (_, n) => v.parse(Login, `channel_${n}`));
    const toId = (n: number) => v.parse(ChannelId, `${1_000 + n}`);
    for (const [n, channel] of channels.entries()) router.know(channel, toId(n));
    const long = "x".repeat(50_000);
    router.routeOwn(toId(0), { id: "small", at: "", body: titled("small") });
    for (let round = 0; round < 20; round += 1)
      for (let n = 1; n < 60; n += 1)
        router.routeOwn(toId(n), { id: `${n} ${round}`, at: "", body: titled(`${round}${long}`) });
    const kept = router.workers().reduce((sum, { unacknowledged }) => sum + unacknowledged, 0);
    expect(kept * 50_000).toBeLessThanOrEqual(HOUSE_CHARS_MAX);
    expect(kept * 51_000).toBeGreaterThan(HOUSE_CHARS_MAX - 60_000);
    expect(router.workers()[0]).toMatchObject({ unacknowledged: 1 });
    expect(router.counts().dropped).toBe(59 * 20 + 1 - kept);
  });

  test("events found out by ourselves go the same way, once, and Twitch's own of the same happening is a repeat", () => {
    const { router } = openRouter();
    const worker = makeWorkerLink();
    router.attach(alice, worker.link, undefined);
    const own = { id: "own", at: "", recovered: true } as const;
    const aliceId = v.parse(ChannelId, "1");
    const body = titled("x");
    router.routeOwn(aliceId, { ...own, body });
    router.routeOwn(aliceId, { ...own, body });
    router.route(update(alice, "x"));
    router.routeOwn(v.parse(ChannelId, "999"), { ...own, body });
    expect(worker.heard).toEqual(["1 x"]);
    expect(router.counts()).toMatchObject({ received: 1, routed: 1, duplicates: 2 });
  });

  test("a number that never was confuses nobody", () => {
    const { router } = openRouter();
    const worker = makeWorkerLink();
    router.attach(alice, worker.link, 1_000);
    router.route(update(alice, "a"));
    router.acknowledge(alice, worker.link, 1_000);
    router.route(update(alice, "b"));
    expect(worker.heard).toEqual(["1 a", "2 b"]);
    router.acknowledge(alice, makeWorkerLink().link, 2);
    expect(router.workers()[0]).toMatchObject({ unacknowledged: 1 });
  });

  test("what is not ours fills no log", async () => {
    const { log, lines } = makeTestLog();
    const { router, clock } = openRouter(undefined, undefined, log);
    const strange = { ...update(alice, "x"), type: "channel.telepathy" };
    for (let n = 0; n < 50; n += 1) router.route(strange);
    expect(lines).toHaveLength(1);
    await clock.advance(60_000);
    router.route(strange);
    expect(lines[1]).toMatchObject({ level: "warn", fields: { unsaid: 49 } });
  });
});

describe("deaths and returns", () => {
  test("whatever dies and comes back when: every event reaches the channel's worker, in order, and none is skipped", () => {
    const step = fc.oneof(
      { weight: 5, arbitrary: fc.constant("event" as const) },
      { weight: 3, arbitrary: fc.constant("acknowledge" as const) },
      { weight: 1, arbitrary: fc.constant("killed" as const) },
      { weight: 1, arbitrary: fc.constant("reconnects" as const) },
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        const { router } = openRouter();
        let sent = 0;
        let done = 0;
        let worker = makeWorkerLink();
        router.attach(alice, worker.link, undefined);
        for (const what of steps) {
          if (what === "event") router.route(update(alice, `${++sent}`));
          if (what === "acknowledge" && worker.heard.length > 0) {
            done = Number(worker.heard.at(-1)?.split(" ")[0]);
            router.acknowledge(alice, worker.link, done);
          }
          if (what === "killed" || what === "reconnects") {
            router.detach(alice, worker.link);
            worker = makeWorkerLink();
            router.attach(alice, worker.link, what === "killed" ? undefined : done);
          }
          // What this worker heard is a row without holes that begins right after what was dealt with.
          const numbers = worker.heard.map((line) => Number(line.split(" ")[0]));
          expect(numbers).toEqual(numbers.map((_, index) => (numbers[0] ?? 0) + index));
        }
        router.detach(alice, worker.link);
        const last = makeWorkerLink();
        router.attach(alice, last.link, undefined);
        expect(last.heard).toHaveLength(sent - done);
      }),
    );
  });
});
