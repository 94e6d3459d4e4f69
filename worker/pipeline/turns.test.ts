import { expect, test } from "vitest";
import { makeFakeClock, settled } from "../../tests/support/fake-clock.ts";
import { makeTurns, TURN_PATIENCE_MS } from "./turns.ts";

function draw(count: number) {
  const clock = makeFakeClock();
  const { take } = makeTurns(clock);
  const came: number[] = [];
  const turns = Array.from({ length: count }, (_, index) => {
    const turn = take();
    void turn.comes().then(() => came.push(index));
    return turn;
  });
  return { clock, turns, came };
}

test("each comes when all before it have passed", async () => {
  const { turns, came, clock } = draw(3);
  await settled();
  expect(came).toEqual([0]);
  turns[1]?.pass();
  await settled();
  expect(came).toEqual([0]);
  turns[0]?.pass();
  await settled();
  expect(came).toEqual([0, 1, 2]);
  turns[2]?.pass();
  expect(clock.pending()).toBe(0);
});

test("nobody waits longer than the patience for one that does not pass", async () => {
  const { came, clock } = draw(2);
  await clock.advance(TURN_PATIENCE_MS - 1);
  expect(came).toEqual([0]);
  await clock.advance(1);
  expect(came).toEqual([0, 1]);
});
