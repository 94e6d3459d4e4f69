import { describe, expect, test } from "vitest";
import { alice, bob, makeWorkerLink, openRouter, update } from "../tests/support/router-room.ts";
import { SETTLE_MS } from "./journal.ts";
import { LASTING } from "./replay-window.ts";

describe("a restart of the hub", () => {
  /** Whatever the first one was about to write. */
  const killedAfter = async (first: ReturnType<typeof openRouter>, ms: number) => {
    await first.clock.advance(ms);
    return openRouter(first.store, first.clock);
  };

  test("what nobody has dealt with comes again, in order and under new numbers, and Twitch's repeat of it does not", async () => {
    const first = openRouter();
    const worker = makeWorkerLink();
    first.router.attach(alice, worker.link, undefined);
    for (const title of ["a", "b", "c"]) first.router.route(update(alice, title));
    first.router.acknowledge(alice, worker.link, 1);
    first.router.route(update(bob, "z"));
    const { router } = await killedAfter(first, 2 * SETTLE_MS);
    const again = makeWorkerLink();
    router.attach(alice, again.link, undefined);
    router.route(update(alice, "c"));
    router.route(update(alice, "d"));
    expect(again.heard).toEqual(["1 b", "2 c", "3 d"]);
    const other = makeWorkerLink();
    router.attach(bob, other.link, undefined);
    expect(other.heard).toEqual(["1 z"]);
  });

  test("what was dealt with leaves the journal, and a channel that left the house leaves nothing there", async () => {
    const { router, clock, store } = openRouter();
    const worker = makeWorkerLink();
    router.attach(alice, worker.link, undefined);
    router.route(update(alice, "a"));
    router.route(update(bob, "z"));
    await clock.advance(2 * SETTLE_MS);
    expect(store.rows()).toEqual(["bob m-bob-z", "alice m-alice-a"]);
    router.acknowledge(alice, worker.link, 1);
    router.keepOnly([alice]);
    await clock.advance(2 * SETTLE_MS);
    expect(store.rows()).toEqual([]);
    expect(clock.pending()).toBe(0);
  });

  test("what was lost is told after it, once, as a gap", async () => {
    const first = openRouter();
    for (let n = 1; n <= LASTING.countMax + 3; n += 1) first.router.route(update(alice, `${n}`));
    first.journal.close();
    expect(first.store.losses.get(alice)).toBe(3);
    const second = openRouter(first.store, first.clock);
    const worker = makeWorkerLink();
    second.router.attach(alice, worker.link, undefined);
    expect(worker.heard.slice(0, 2)).toEqual(["gap 1-3", "4 4"]);
    second.router.acknowledge(alice, worker.link, 4);
    const { router } = await killedAfter(second, 60_000);
    const heir = makeWorkerLink();
    router.attach(alice, heir.link, undefined);
    expect(heir.heard[0]).toBe("1 5");
  });

  test("what grew too old meanwhile is told as a gap, too", async () => {
    const first = openRouter();
    first.router.route(update(alice, "old"));
    await first.clock.advance(LASTING.ageMaxMs - 1_000);
    first.router.route(update(alice, "new"));
    const { router } = await killedAfter(first, 2_000);
    const worker = makeWorkerLink();
    router.attach(alice, worker.link, undefined);
    expect(worker.heard).toEqual(["gap 1-1", "2 new"]);
  });
});
