import { expect, test } from "vitest";
import { makeFakeClock } from "../tests/support/fake-clock.ts";
import type { Clock } from "./clock.ts";
import { makeIntervals } from "./intervals.ts";

/** `early`: how much before their time the timers below come. */
function setUp(early = 0) {
  const clock = makeFakeClock();
  const wakes: number[] = [];
  const after: Clock["after"] = (inMs, call) =>
    clock.after(Math.max(0, inMs - early), () => {
      wakes.push(clock.now());
      call();
    });
  return { clock, wakes, every: makeIntervals({ now: clock.now, after }) };
}

test("what repeats falls due together, whenever it was begun", async () => {
  const { clock, wakes, every } = setUp();
  const calls: string[] = [];
  const say = (what: string) => () => void calls.push(`${clock.now()} ${what}`);
  await clock.advance(1_300);
  const stops = [every(5_000, say("five"))];
  await clock.advance(700);
  stops.push(every(10_000, say("ten")), every(5_000, say("five too")));
  await clock.advance(13_000);
  expect(calls).toEqual([
    "5000 five",
    "5000 five too",
    "10000 five",
    "10000 ten",
    "10000 five too",
    "15000 five",
    "15000 five too",
  ]);
  expect(wakes).toEqual([5_000, 10_000, 15_000]);
  for (const stop of stops) stop();
  expect(clock.pending()).toBe(0);
});

test("a timer that comes a little early calls once", async () => {
  const { clock, every } = setUp(1);
  const at: number[] = [];
  const stop = every(1_000, () => at.push(clock.now()));
  await clock.advance(3_500);
  expect(at).toEqual([999, 1_999, 2_999]);
  stop();
});

test("one that was cancelled by another in the same turn is not called", async () => {
  const { clock, every } = setUp();
  const calls: string[] = [];
  const stopFirst = every(1_000, () => {
    calls.push("first");
    stopSecond();
  });
  const stopSecond = every(1_000, () => calls.push("second"));
  await clock.advance(2_000);
  expect(calls).toEqual(["first", "first"]);
  stopFirst();
  expect(clock.pending()).toBe(0);
});

test("what slept through its time is called once, and then at its times again", async () => {
  let now = 0;
  const timers: { at: number; call: () => void }[] = [];
  const every = makeIntervals({
    now: () => now,
    after(inMs, call) {
      const timer = { at: now + inMs, call };
      timers.push(timer);
      return () => void timers.splice(timers.indexOf(timer), 1);
    },
  });
  const calledAt: number[] = [];
  const stop = every(1_000, () => calledAt.push(now));
  now = 7_400;
  timers.shift()?.call();
  expect(timers.map(({ at }) => at)).toEqual([8_000]);
  now = 8_000;
  timers.shift()?.call();
  expect(calledAt).toEqual([7_400, 8_000]);
  stop();
  expect(timers).toEqual([]);
});

test("one that throws ends no other", async () => {
  let fails = true;
  const { clock, every } = setUp();
  let calls = 0;
  const stops = [
    every(1_000, () => {
      if (fails) throw new Error("a bug");
    }),
    every(1_000, () => {
      calls += 1;
    }),
  ];
  await expect(clock.advance(1_000)).rejects.toThrow("a bug");
  fails = false;
  await clock.advance(2_000);
  expect(calls).toBe(2);
  for (const stop of stops) stop();
});
