import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { LIMITS, makePermits, nextInRow, nextSend, type PermitKind } from "./permits.ts";

const clockAt = (now: number) => {
  const clock = { now: () => now, wall: () => now, after: () => () => {}, every: () => () => {} };
  return { clock, pass: (ms: number) => (now += ms), now: () => now };
};

test.each([
  [[], 5, 5],
  [[1, 2], 5, 5],
  [[1, 2, 3], 5, 101],
  [[1, 2, 150], 5, 150],
  [[1, 2, 3, 101], 5, 102],
])("after %j, at %i, the next slot in a row of 3 per 100 ms is %i", (taken, now, at) => {
  expect(nextInRow(taken, { count: 3, windowMs: 100 }, now)).toBe(at);
});

test("a moderator's message goes on where a plain one must wait", () => {
  const taken = Array.from({ length: 3 }, () => ({ at: 0, isPlain: true }));
  const limits = { windowMs: 100, plain: 3, any: 5 };
  expect(nextSend(taken, true, limits, 10)).toBe(100);
  expect(nextSend(taken, false, limits, 10)).toBe(10);
});

test("a moderator's message never takes the room of a plain one that has its slot", () => {
  const taken = [0, 0, 100].map((at) => ({ at, isPlain: true }));
  // At 60 there would be three in the window of the slot at 100 with the limit 2.
  expect(nextSend(taken, false, { windowMs: 100, plain: 2, any: 9 }, 60)).toBe(60);
  expect(
    nextSend([...taken, { at: 60, isPlain: false }], false, { windowMs: 100, plain: 2, any: 9 }, 61),
  ).toBe(160);
});

describe("no order of questions can pass Twitch's limits", () => {
  const kinds: PermitKind[] = ["auth", "join", "send", "send-as-moderator"];
  test.each([[false], [true]])("verified bot: %s", (isVerified) => {
    const limits = isVerified ? LIMITS.verified : LIMITS.ordinary;
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom(...kinds), fc.integer({ min: 0, max: 3_000 })), { maxLength: 250 }),
        (questions) => {
          const time = clockAt(1_000);
          const permits = makePermits({ isVerified, clock: time.clock });
          const acts = questions.map(([kind, later]) => {
            time.pass(later);
            return { kind, at: time.now() + permits.reserve(kind) };
          });
          for (const act of acts) {
            const within = (ms: number, of: (kind: PermitKind) => boolean) =>
              acts.filter((other) => of(other.kind) && other.at > act.at - ms && other.at <= act.at).length;
            if (act.kind === "auth" || act.kind === "join") {
              expect(within(10_000, (kind) => kind === act.kind)).toBeLessThanOrEqual(limits.login);
            } else {
              const isSend = (kind: PermitKind) => kind === "send" || kind === "send-as-moderator";
              const most = act.kind === "send" ? limits.plainSend : limits.anySend;
              expect(within(30_000, isSend)).toBeLessThanOrEqual(most);
            }
          }
        },
      ),
      { numRuns: 60 },
    );
  });
});

test("the shares of all workers together stay within the limit, and nobody's is nothing", () => {
  const permits = makePermits({ isVerified: false, clock: clockAt(0).clock });
  expect(permits.awayBudget(2)).toEqual({ normal: 10, asModerator: 50 });
  expect(permits.awayBudget(0)).toEqual({ normal: 20, asModerator: 100 });
  expect(permits.awayBudget(1_000)).toEqual({ normal: 1, asModerator: 1 });
});
