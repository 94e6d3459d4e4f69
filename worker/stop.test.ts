import { expect, test } from "vitest";
import { makeFakeClock, settled } from "../tests/support/fake-clock.ts";
import { makeTestLog } from "../tests/support/test-log.ts";
import { makeStop } from "./stop.ts";

function open() {
  const clock = makeFakeClock();
  const { log, lines } = makeTestLog();
  const steps: string[] = [];
  const stop = makeStop({ clock, log, leave: () => steps.push("leave") });
  stop.releases(() => void steps.push("release first"));
  stop.releases(() => void steps.push("release last"));
  const inHand = Promise.withResolvers<void>();
  const answers = Promise.withResolvers<void>();
  const finishes = () =>
    stop.finishes({
      hearNothingNew: () => steps.push("deaf"),
      settled: () => inHand.promise,
      dropRest: () => steps.push("drop"),
      answered: () => answers.promise,
    });
  return { clock, stop, steps, inHand, answers, finishes, lines };
}

test("finishes what is in hand, then closes backwards and leaves", async () => {
  const { clock, stop, steps, inHand, finishes } = open();
  finishes();
  stop.now("SIGTERM");
  await settled();
  expect(steps).toEqual(["deaf"]);
  expect(stop.signal.aborted).toBe(true);
  inHand.resolve();
  await settled();
  expect(steps).toEqual(["deaf", "release last", "release first", "leave"]);
  expect(clock.pending()).toBe(0);
});

test("what takes too long is dropped, and leaving waits for nobody", async () => {
  const { clock, stop, steps, answers, finishes } = open();
  finishes();
  answers.resolve();
  stop.releases(() => new Promise<void>(() => {}));
  stop.now("please-stop");
  await clock.advance(2_000);
  expect(steps).toEqual(["deaf", "drop", "release last", "release first", "leave"]);
});

test("what was said before the rest was dropped is waited for, until its answer comes or its time is over", async () => {
  for (const comes of [true, false]) {
    const { clock, stop, steps, answers, inHand, finishes } = open();
    finishes();
    stop.now("SIGTERM");
    await clock.advance(1_200);
    await clock.advance(1_000);
    expect(steps).toEqual(["deaf", "drop"]);
    if (comes) {
      answers.resolve();
      inHand.resolve();
      await settled();
    } else {
      await clock.advance(700);
    }
    expect(steps).toEqual(["deaf", "drop", "release last", "release first", "leave"]);
    expect(clock.pending()).toBe(0);
  }
});

test("stops also before there is anything to finish, and once only", async () => {
  const { stop, steps } = open();
  stop.releases(() => {
    throw new Error("could not close");
  });
  stop.now("SIGTERM");
  stop.now("please-stop");
  await settled();
  expect(steps).toEqual(["release last", "release first", "leave"]);
});
