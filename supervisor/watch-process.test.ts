import { expect, test } from "vitest";
import { makeFakeClock } from "../tests/support/fake-clock.ts";
import { watchProcess } from "./watch-process.ts";

function setUp() {
  const clock = makeFakeClock();
  const state = { lives: true, looks: 0, goneAt: [] as number[] };
  const watch = watchProcess(
    { pid: 1, startTicks: "1", since: "" },
    {
      clock,
      onGone: () => state.goneAt.push(clock.now()),
      isAlive() {
        state.looks += 1;
        return state.lives;
      },
    },
  );
  return { clock, state, watch };
}

test("one that is left alone is looked at seldom, and its end is told once", async () => {
  const { clock, state } = setUp();
  await clock.advance(30_000);
  expect(state.looks).toBe(10);
  state.lives = false;
  await clock.advance(30_000);
  expect(state.goneAt).toEqual([33_000]);
  expect(clock.pending()).toBe(0);
});

test.each<[number, number]>([
  [0, 0],
  [95, 100],
  [695, 700],
  [5_395, 5_400],
])(
  "one whose connection has closed and that ends %i ms later is missed %i ms after the closing",
  async (endMs, toldMs) => {
    const { clock, state, watch } = setUp();
    await clock.advance(100);
    state.lives = endMs > 0;
    watch.lookSoon();
    await clock.advance(endMs);
    state.lives = false;
    await clock.advance(1_000);
    expect(state.goneAt).toEqual([100 + toldMs]);
    expect(clock.pending()).toBe(0);
  },
);

test("one that goes on after its connection closed is looked at seldom again", async () => {
  const { clock, state, watch } = setUp();
  watch.lookSoon();
  await clock.advance(30_000);
  const before = state.looks;
  await clock.advance(30_000);
  expect(state.looks - before).toBe(10);
  watch.stop();
  expect(clock.pending()).toBe(0);
});
