import { expect, test } from "vitest";
import { makeFakeClock, settled } from "../../tests/support/fake-clock.ts";
import { ACKNOWLEDGE_EVERY_MS, makeAcknowledgements } from "./acknowledgements.ts";

function open() {
  const clock = makeFakeClock();
  const said: number[] = [];
  return { clock, said, acknowledgements: makeAcknowledgements({ clock, say: (seq) => said.push(seq) }) };
}

test("a lone event is acknowledged at once, a burst with one number", async () => {
  const { clock, said, acknowledgements } = open();
  acknowledgements.add(1);
  await settled();
  expect(said).toEqual([1]);
  for (const seq of [2, 3, undefined, 4]) acknowledgements.add(seq);
  await settled();
  expect(said).toEqual([1]);
  await clock.advance(ACKNOWLEDGE_EVERY_MS);
  expect(said).toEqual([1, 4]);
  await clock.advance(ACKNOWLEDGE_EVERY_MS);
  acknowledgements.add(5);
  await settled();
  expect(said).toEqual([1, 4, 5]);
  await clock.advance(ACKNOWLEDGE_EVERY_MS);
  expect(clock.pending()).toBe(0);
});

test("what was dealt with in one go is acknowledged with its last number, at once", async () => {
  const { clock, said, acknowledgements } = open();
  for (const seq of [1, 2, 3]) acknowledgements.add(seq);
  await settled();
  expect(said).toEqual([3]);
  // Nothing is left to say, so nothing wakes the process.
  expect(clock.pending()).toBe(0);
  await clock.advance(ACKNOWLEDGE_EVERY_MS);
  expect(clock.pending()).toBe(0);
});

test("the last words are said, another hub's numbers are not", async () => {
  const { clock, said, acknowledgements } = open();
  acknowledgements.add(1);
  await settled();
  acknowledgements.add(2);
  acknowledgements.forget();
  await clock.advance(ACKNOWLEDGE_EVERY_MS);
  expect(said).toEqual([1]);
  acknowledgements.add(3);
  acknowledgements.add(4);
  await settled();
  acknowledgements.add(5);
  acknowledgements.stop();
  expect(said).toEqual([1, 4, 5]);
  await settled();
  expect(said).toEqual([1, 4, 5]);
  expect(clock.pending()).toBe(0);
});
