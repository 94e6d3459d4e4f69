import { expect, test } from "vitest";
import { makeMemoryWire } from "./memory-wire.ts";
import { encode, type WireEnd } from "./wire.ts";

const turn = () => new Promise(setImmediate);

test("what is said arrives in order, as it was said, also before anybody listened", async () => {
  const [ours, theirs] = makeMemoryWire();
  const told = { count: 1, left: undefined };
  expect(ours.write(told)).toBe("written");
  told.count = 2;
  ours.write(encode({ count: 3 }));
  await turn();
  const heard: unknown[] = [];
  theirs.onMessage((message) => heard.push(message));
  ours.write({ count: 4 });
  expect(heard).toEqual([{ count: 1 }, { count: 3 }]);
  await turn();
  expect(heard).toEqual([{ count: 1 }, { count: 3 }, { count: 4 }]);
});

test("a goodbye arrives before the end; afterwards nothing is said by either", async () => {
  const [ours, theirs] = makeMemoryWire();
  const heard: unknown[] = [];
  const ends: WireEnd[] = [];
  theirs.onMessage((message) => heard.push(message));
  theirs.onClosed((end) => ends.push(end));
  ours.onClosed((end) => ends.push(end));
  ours.write({ kind: "goodbye" });
  ours.close();
  expect(ours.write({})).toBe("closed");
  await turn();
  expect(heard).toEqual([{ kind: "goodbye" }]);
  expect(ends).toEqual([{ is: "closed-by-us" }, { is: "peer-left" }]);
  expect(theirs.write({})).toBe("closed");
  theirs.close();
  await turn();
  expect(ends).toHaveLength(2);
});

test("who listens for the end too late still hears of it", async () => {
  const [ours, theirs] = makeMemoryWire();
  theirs.close();
  await turn();
  const ends: WireEnd[] = [];
  ours.onClosed((end) => ends.push(end));
  expect(ends).toEqual([{ is: "peer-left" }]);
});
