/**
 * A day of the whole hub at the simulated Twitch with its real rules, on one time that moves on when nothing is on its
 * way. In a process of its own: what it keeps in memory is then nobody else's, and it takes two thirds of the time.
 */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import * as v from "valibot";
import { beforeAll, expect, test } from "vitest";
import { checkoutFolder } from "../../shared/home.ts";
import { DayFacts, HOURS, MOVED, TOLD_TWICE_AN_HOUR } from "../support/day-facts.ts";

const PROGRAM = join(checkoutFolder, "tests", "support", "hub-day-process.ts");
/** That of all houses in tests. */
const COMPILE_CACHE = join(checkoutFolder, "node_modules", ".cache", "kissbot-houses");
const HOUR_MS = 60 * 60_000;
/** Twitch's tokens live four hours, and are refreshed ten minutes before they end. */
const REFRESHES = 6;
const EVENTS_LEAST = 4_500;
/** Some 3,500 events come while it is measured: 300 bytes kept of each would pass it. A quiet day shows 0.3 to 0.45 MB. */
const HEAP_GROWTH_MAX = 1024 * 1024;
const LONG_MS = 120_000;

let day: DayFacts;
beforeAll(async () => {
  const ran = await promisify(execFile)(process.execPath, ["--expose-gc", PROGRAM], {
    timeout: LONG_MS,
    env: { ...process.env, NODE_COMPILE_CACHE: COMPILE_CACHE },
  });
  day = v.parse(DayFacts, JSON.parse(ran.stdout));
}, LONG_MS);

test("six tokens run out and are replaced in time", () => {
  expect(day.refreshes).toBe(REFRESHES);
  expect(day.status.token.state).toBe("good");
});

test("Twitch is asked every hour whether the token is good", () => {
  // One at the start, one an hour, one for each fresh token before it is used.
  expect(day.validations).toBe(1 + HOURS + REFRESHES);
  expect(day.unprovedMs).toBeLessThanOrEqual(HOUR_MS);
});

test("the session moves six times and never ends", () => {
  expect(day.moves).toEqual({ asked: MOVED, done: MOVED, over: 0 });
  expect(day.status.eventsub).toMatchObject({ mode: "live", connections: 1, reconnects: MOVED });
});

test("Twitch has exactly what is wanted, made once, on one session", () => {
  expect(day.listed).toEqual(day.wanted);
  expect(day.places).toEqual([`enabled ${day.status.eventsub.sessionId}`]);
  expect(day.creates).toBe(day.wanted.length);
  expect(day.deletes).toBe(0);
});

test("every event is told once and in order, whatever Twitch says twice", () => {
  expect(day.happened).toBeGreaterThan(EVENTS_LEAST);
  expect(day.wrong).toEqual([]);
  expect(day.missing).toEqual([]);
  expect(day.heard).toBe(day.happened);
  const repeated = HOURS * TOLD_TWICE_AN_HOUR;
  expect(day.status.events).toMatchObject({
    received: day.happened + repeated,
    duplicates: repeated,
    routed: day.happened,
    withoutWorker: 0,
    dropped: 0,
    recovered: 0,
  });
  expect(day.status.workers.filter((one) => !one.isConnected || one.unacknowledged > 0)).toEqual([]);
});

test("Twitch refuses nothing, and nobody has anything to complain of", () => {
  expect(day.refused).toEqual([]);
  expect(day.troubles).toEqual([]);
  expect(day.complaints).toEqual([]);
  expect(day.status.health).toBe("healthy");
  expect(day.status.gap).toMatchObject({ isOpen: false, drifts: [] });
  expect(day.status.gap.problem).toBeUndefined();
});

test("memory is flat, and no timer is left over", () => {
  expect(day.heapGrowth).toBeLessThan(HEAP_GROWTH_MAX);
  expect(day.timers.end).toBe(day.timers.warm);
  expect(day.timers.closed).toBe(0);
});
