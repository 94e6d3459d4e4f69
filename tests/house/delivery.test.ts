/** The drills of delivery: real hub, real worker desks in processes of their own, load while things are killed and stopped. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { UNDER_WAY_MAX } from "../../hub/under-way.ts";
import { FLOOD_RATE } from "../../shared/ipc/corked-writer.ts";
import { type DeliveryHouse, type Desks, openDeliveryHouse } from "../support/delivery-house.ts";

/** Numbers rise: nothing came twice, nothing out of order. */
const expectRising = (begun: Readonly<Record<string, readonly number[]>>) => {
  for (const [channel, numbers] of Object.entries(begun))
    expect([channel, numbers]).toEqual([channel, [...new Set(numbers)].sort((a, b) => a - b)]);
};
const all = (begun: Readonly<Record<string, readonly number[]>>) => Object.values(begun).flat();
/** What a hub of this size needs, and less than it would need to keep what three workers miss: a kilobyte an event. */
const HEAP_MB = 28;
const FLOODS = 6;
const upTo = (last: number) => Array.from({ length: last }, (_, n) => n + 1);

describe("a house of twenty channels under load", () => {
  let house: DeliveryHouse;
  let live: Desks;
  let stopped: Desks;
  let fed = 0;
  beforeAll(async () => {
    house = await openDeliveryHouse(20);
    live = await house.desks(house.hub.channels.slice(0, 10));
    stopped = await house.desks(house.hub.channels.slice(10));
    await house.open();
  });
  afterAll(() => house.close());

  test("a killed hub's unacknowledged events come again after its restart, each once and in order", async () => {
    stopped.signal("SIGSTOP");
    const feeding = house.feed({ perSecond: 400, forMs: 3_000 });
    await house.until(house.received, (count) => count >= 400);
    const safe = await house.received();
    const ofStopped = upTo(safe).filter((number) => (number - 1) % 20 >= 10);
    await house.until(house.journalled, (rows) => ofStopped.every((number) => all(rows).includes(number)));
    await house.hub.endHub("SIGKILL");
    fed = await feeding;
    await house.hub.startHub();
    stopped.signal("SIGCONT");
    await house.settled();
    await house.allDealtWith();
    const begun = { ...(await live.begun()), ...(await stopped.begun()) };
    expectRising(begun);
    expect(all(begun)).toEqual(expect.arrayContaining(upTo(safe)));
    expect(safe).toBeLessThan(fed);
    await house.until(house.journalled, (rows) => all(rows).length === 0);
  });

  test("so they do after a clean stop", async () => {
    stopped.signal("SIGSTOP");
    const from = fed;
    fed += await house.feed({ perSecond: 500, forMs: 400 });
    await house.until(house.received, (count) => count >= fed - from);
    await house.hub.endHub("please-stop");
    expect(all(house.journalled()).length).toBeGreaterThanOrEqual((fed - from) / 2);
    await house.hub.startHub();
    stopped.signal("SIGCONT");
    await house.settled();
    await house.allDealtWith();
    const begun = { ...(await live.begun()), ...(await stopped.begun()) };
    expectRising(begun);
    expect(all(begun)).toEqual(expect.arrayContaining(upTo(fed).slice(from)));
  });

  test("in a flood a killed hub takes with it what came in its last moments at most", async () => {
    stopped.signal("SIGSTOP");
    const from = fed;
    const perSecond = 1.5 * FLOOD_RATE * 1_000;
    const feeding = house.feed({ perSecond, forMs: 3_000 });
    await house.until(house.received, (count) => count >= perSecond / 2);
    const safe = await house.received();
    // A second later: twice as long as the journal lets anything be under way.
    await house.until(house.received, (count) => count >= safe + perSecond);
    await house.hub.endHub("SIGKILL");
    fed += await feeding;
    await house.hub.startHub();
    stopped.signal("SIGCONT");
    await house.settled();
    await house.allDealtWith();
    const begun = { ...(await live.begun()), ...(await stopped.begun()) };
    expectRising(begun);
    const came = new Set(all(begun));
    const missing = upTo(from + safe).filter((number) => number > from && !came.has(number));
    expect(missing).toEqual([]);
  });

  test("a killed worker's events are dealt with by the next, and what it had said to have done is not done again", async () => {
    const from = fed;
    const feeding = house.feed({ perSecond: 400, forMs: 3_000 });
    await house.until(house.received, (count) => count >= 300);
    const before = await stopped.begun();
    stopped.signal("SIGKILL");
    const heir = await house.desks(stopped.channels);
    fed += await feeding;
    await house.until(house.received, (count) => count >= fed - from);
    await house.allDealtWith();
    const heirs = await heir.begun();
    expectRising({ ...(await live.begun()), ...heirs });
    // By effect: every one was claimed, and the database lets nobody claim twice.
    const claimed = house.claimed();
    expect(
      upTo(fed)
        .slice(from)
        .filter((number) => !claimed.has(number)),
    ).toEqual([]);
    for (const channel of stopped.channels) {
      const again = (heirs[channel] ?? []).filter((number) => before[channel]?.includes(number));
      expect(again.length).toBeLessThan(UNDER_WAY_MAX);
      expect(again.length).toBeLessThan(before[channel]?.length ?? 0);
    }
  });
});

test("three workers that are stopped cost the other ninety-seven nothing and the hub no memory; they are told what they missed", async () => {
  const house = await openDeliveryHouse(100, [`--max-old-space-size=${HEAP_MB}`]);
  try {
    const [three, others] = [house.hub.channels.slice(0, 3), house.hub.channels.slice(3)];
    const live = await house.desks(others);
    const stopped = await house.desks(three);
    await house.open();
    // Just-in-time compilation and caches are no leak.
    let fed = await house.feed({ perSecond: 2_000, forMs: 1_000, channels: others });
    await house.until(house.received, (count) => count >= fed);
    stopped.signal("SIGSTOP");

    /** More than the windows of the three hold, while the others get theirs. */
    const flood = async () => {
      const [toThree, toOthers] = await Promise.all([
        house.feed({ perSecond: 3_000, forMs: 1_500, channels: three }),
        house.feed({ perSecond: 300, forMs: 1_500, channels: others }),
      ]);
      fed += toThree + toOthers;
      await house.until(house.received, (count) => count >= fed);
      return toThree;
    };
    let toThree = 0;
    for (let floods = 0; floods < FLOODS; floods += 1) toThree += await flood();

    const ofOthers = await house.until(live.begun, (begun) => all(begun).length >= fed - toThree);
    expectRising(ofOthers);
    stopped.signal("SIGCONT");
    await house.allDealtWith();
    const begun = await stopped.begun();
    expectRising(begun);
    const gaps = Object.values(await stopped.lost()).flat();
    const missed = gaps.reduce((sum, told) => {
      const [from = 0, to = 0] = [...told.matchAll(/\d+/g)].map(Number);
      return sum + to - from + 1;
    }, 0);
    expect(missed).toBeGreaterThan(0);
    expect(all(begun).length + missed).toBe(toThree);
  } finally {
    await house.close();
  }
}, 120_000);
