import { expect, test } from "vitest";
import { makeFakeClock, settled } from "../../tests/support/fake-clock.ts";
import { makeTestLog } from "../../tests/support/test-log.ts";
import type { Delivery } from "../output.ts";
import { type ClaimStore, makeSayOnce } from "./say-once.ts";

const WHAT = { module: "announcements", key: "online:1" };
const accepted: Delivery = { is: "accepted", writtenAt: 0 };
const refused: Delivery = { is: "dropped", because: "msg_timedout", writtenAt: 0 };
const unheard: Delivery = { is: "unknown", writtenAt: 0 };
const unwritten: Delivery = { is: "expired" };

/** `claims` survives a process; each `open` is one. */
function open(claims: Set<string>, brokenDoors: readonly (keyof ClaimStore)[] = []) {
  const clock = makeFakeClock();
  const stopping = new AbortController();
  const broken = new Set(brokenDoors);
  const check = (door: keyof ClaimStore) => {
    if (broken.has(door)) throw new Error("disk full");
  };
  const store: ClaimStore = {
    async isClaimed(module, key) {
      check("isClaimed");
      return claims.has(`${module} ${key}`);
    },
    async claim(module, key) {
      check("claim");
      claims.add(`${module} ${key}`);
    },
    async release(module, key) {
      check("release");
      claims.delete(`${module} ${key}`);
    },
  };
  const sayOnce = makeSayOnce({ store, clock, log: makeTestLog().log, stopping: stopping.signal });
  let said = 0;
  return {
    clock,
    broken,
    stop: () => stopping.abort(),
    /** How often words left the process. */
    said: () => said,
    /** Says it with these ends, one for each attempt; without any it hangs before it is written. */
    say(...ends: Delivery[]): Promise<Delivery | undefined> {
      return sayOnce.deliver(WHAT, clock.now() + 600_000, async (onWritten) => {
        const end = ends.shift();
        if (end === undefined) return new Promise<Delivery>(() => {});
        if (end.writtenAt !== undefined) {
          said += 1;
          onWritten();
        }
        return end;
      });
    },
  };
}

test("killed before the words have left: the next process says them; killed afterwards: it does not", async () => {
  const claims = new Set<string>();
  void open(claims).say();
  await settled();
  const next = open(claims);
  // It says them, and is killed before it knows whether they arrived.
  expect(await next.say(unheard)).toEqual(unheard);
  const last = open(claims);
  expect(await last.say(accepted)).toBeUndefined();
  expect([next.said(), last.said()]).toEqual([1, 0]);
});

test("the claim stands from the moment of writing, not only when the receipt comes", async () => {
  const claims = new Set<string>();
  const { clock } = open(claims);
  const sayOnce = makeSayOnce({
    store: {
      isClaimed: async () => false,
      claim: async (module, key) => claims.add(`${module} ${key}`),
      release: async () => {},
    },
    clock,
    log: makeTestLog().log,
    stopping: new AbortController().signal,
  });
  void sayOnce.deliver(WHAT, 600_000, (onWritten) => {
    onWritten();
    return new Promise<Delivery>(() => {});
  });
  await settled();
  expect(claims.size).toBe(1);
});

test.each([
  ["refused by Twitch", refused, 2],
  ["never written", unwritten, 1],
])("%s: tried again after a rest, and the event is not done meanwhile", async (_what, end, said) => {
  const process = open(new Set());
  let last: Delivery | undefined;
  const saying = process.say(end, accepted).then((delivery) => {
    last = delivery;
  });
  await process.clock.advance(1_999);
  expect(last).toBeUndefined();
  await process.clock.advance(1);
  await saying;
  expect(last).toEqual(accepted);
  expect(process.said()).toBe(said);
  expect(process.clock.pending()).toBe(0);
});

test("rests grow, and after ten minutes it is no news any more", async () => {
  const process = open(new Set());
  const ends = Array.from({ length: 50 }, () => refused);
  const saying = process.say(...ends);
  await process.clock.advance(600_000);
  expect(await saying).toEqual(refused);
  // After 2, 4, 8, 16, 32, 64, 120, 120, 120 seconds.
  expect(process.said()).toBe(10);
});

test("a refused one may be said by the next process", async () => {
  const claims = new Set<string>();
  void open(claims).say(refused);
  await settled();
  expect(await open(claims).say(accepted)).toEqual(accepted);
});

test("the same, reported again while it is being said, is said once", async () => {
  const process = open(new Set());
  const both = [process.say(refused, accepted), process.say(accepted)];
  await process.clock.advance(2_000);
  expect(await Promise.all(both)).toEqual([accepted, undefined]);
});

test("stopping ends the rest at once and leaves it to the successor", async () => {
  const process = open(new Set());
  const saying = process.say(refused, accepted);
  await settled();
  process.stop();
  expect(await saying).toEqual({ is: "dropped", because: "stopping" });
  expect(process.said()).toBe(1);
  expect(process.clock.pending()).toBe(0);
});

test("while the database is away nothing is said; it is when it is back", async () => {
  const process = open(new Set(), ["isClaimed"]);
  const saying = process.say(accepted);
  await settled();
  expect(process.said()).toBe(0);
  process.broken.clear();
  await process.clock.advance(2_000);
  expect(await saying).toEqual(accepted);
});

test("what was said is not repeated because it could not be written down", async () => {
  const process = open(new Set(), ["claim"]);
  expect(await process.say(accepted)).toEqual(accepted);
  await process.clock.advance(600_000);
  expect(process.said()).toBe(1);
});
