import { describe, expect, test } from "vitest";
import { makeFakeClock } from "../tests/support/fake-clock.ts";
import { makeMemoryJournal } from "../tests/support/memory-journal.ts";
import { alice, bob, makeWorkerLink, openRouter, update } from "../tests/support/router-room.ts";
import { makeTestLog } from "../tests/support/test-log.ts";
import { SETTLE_MS, WRITE_EVERY_MS } from "./journal.ts";
import { BATCH_ROWS } from "./plan-journal.ts";

describe("the journal", () => {
  test("is never written while the worker keeps up", async () => {
    const { router, clock, store } = openRouter();
    const worker = makeWorkerLink();
    router.attach(alice, worker.link, undefined);
    for (let n = 1; n <= 200; n += 1) {
      router.route(update(alice, `${n}`));
      await clock.advance(SETTLE_MS / 10);
      router.acknowledge(alice, worker.link, n);
    }
    await clock.advance(1_000);
    expect(store.writes).toBe(0);
    expect(clock.pending()).toBe(0);
  });

  test("takes what could not be sent at once, and what is under way when it has not settled", async () => {
    const { router, clock, store } = openRouter();
    router.attach(alice, makeWorkerLink().link, undefined);
    router.route(update(alice, "sent"));
    await clock.advance(SETTLE_MS - 1);
    expect(store.rows()).toEqual([]);
    await clock.advance(2);
    expect(store.rows()).toEqual(["alice m-alice-sent"]);
    await clock.advance(WRITE_EVERY_MS);
    router.route(update(bob, "unsent"));
    await clock.advance(0);
    expect(store.rows()).toEqual(["alice m-alice-sent", "bob m-bob-unsent"]);
  });

  test("has what is under way when it is twice as old as what settles, whenever it came", async () => {
    const { router, clock, store } = openRouter();
    router.attach(alice, makeWorkerLink().link, undefined);
    const stepMs = 10;
    for (let n = 1; n <= 100; n += 1) {
      router.route(update(alice, `${n}`));
      await clock.advance(stepMs);
      expect(store.rows().length).toBeGreaterThanOrEqual(n - (2 * SETTLE_MS) / stepMs);
    }
  });

  test("a worker that left leaves what it had in hand to the journal at once", async () => {
    const { router, clock, store } = openRouter();
    const worker = makeWorkerLink();
    router.attach(alice, worker.link, undefined);
    router.route(update(alice, "x"));
    router.detach(alice, worker.link);
    await clock.advance(0);
    expect(store.rows()).toEqual(["alice m-alice-x"]);
  });

  test("writes in small batches, and not one for each event of a worker that is gone", async () => {
    const { router, clock, store } = openRouter();
    for (let n = 0; n < 1_000; n += 1) {
      router.route(update(alice, `${n}`));
      await clock.advance(1);
    }
    await clock.advance(WRITE_EVERY_MS);
    expect(store.rows()).toHaveLength(1_000);
    expect(store.writes).toBeLessThanOrEqual(1_000 / BATCH_ROWS + 3);
  });

  test("a slow disk is given a tenth of the time, and no event waits for it", async () => {
    const store = makeMemoryJournal();
    const fake = makeFakeClock();
    const write = store.write;
    let spentMs = 0;
    store.write = (...given) => {
      spentMs += 30;
      return write(...given);
    };
    const { router } = openRouter(store, { ...fake, now: () => fake.now() + spentMs });
    for (let n = 0; n < 30 * BATCH_ROWS; n += 1) router.route(update(alice, `${n}`));
    await fake.advance(3_000);
    expect(store.writes).toBeGreaterThan(8);
    expect(store.writes).toBeLessThan(13);
  });

  test("on a clean end everything is written, however much it is, and nothing afterwards", async () => {
    const { router, clock, store, journal } = openRouter();
    router.attach(bob, makeWorkerLink().link, undefined);
    for (let n = 0; n < 3 * BATCH_ROWS; n += 1) router.route(update(alice, `${n}`));
    router.route(update(bob, "under way"));
    journal.close();
    expect(store.rows()).toHaveLength(3 * BATCH_ROWS + 1);
    router.route(update(alice, "too late"));
    await clock.advance(10_000);
    expect(store.rows()).toHaveLength(3 * BATCH_ROWS + 1);
    expect(clock.pending()).toBe(0);
  });

  test("another process's transaction is waited for without a word", async () => {
    const store = makeMemoryJournal();
    const { log, lines } = makeTestLog();
    const { router, clock } = openRouter(store, makeFakeClock(), log);
    store.answer = { is: "busy" };
    router.route(update(alice, "x"));
    await clock.advance(100);
    store.answer = undefined;
    await clock.advance(100);
    expect(store.rows()).toEqual(["alice m-alice-x"]);
    expect(lines).toEqual([]);
  });

  test("a full disk costs one warning and no event; when there is room again, all is written", async () => {
    const store = makeMemoryJournal();
    const { log, lines } = makeTestLog();
    const { router, clock, journal } = openRouter(store, makeFakeClock(), log);
    const worker = makeWorkerLink();
    router.attach(alice, worker.link, undefined);
    store.answer = { is: "failed", problem: "database or disk is full" };
    for (let n = 1; n <= 50; n += 1) {
      router.route(update(alice, `${n}`));
      router.route(update(bob, `${n}`));
      await clock.advance(1_000);
    }
    expect(worker.heard).toHaveLength(50);
    expect(lines.map(({ level, fields }) => [level, fields.problem])).toEqual([
      ["warn", "database or disk is full"],
    ]);
    expect(journal.isWorking()).toBe(false);
    store.answer = undefined;
    await clock.advance(60_000);
    expect(journal.isWorking()).toBe(true);
    expect(store.rows()).toHaveLength(100);
    expect(lines.at(-1)).toMatchObject({ level: "info", text: "the journal of events works again" });
  });

  test("a journal that can't be read costs what it holds, and not the hub", () => {
    const store = makeMemoryJournal();
    const { log, lines } = makeTestLog();
    store.load = () => ({ is: "failed", problem: "database disk image is malformed" });
    const { router } = openRouter(store, makeFakeClock(), log);
    const worker = makeWorkerLink();
    router.attach(alice, worker.link, undefined);
    router.route(update(alice, "x"));
    expect(worker.heard).toEqual(["1 x"]);
    expect(lines).toMatchObject([{ level: "warn" }]);
  });
});
