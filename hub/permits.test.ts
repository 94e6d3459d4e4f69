import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { makePermits, nextInRow, nextSend, type PermitKind } from "./permits.ts";

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
    // As dev.twitch.tv has them, written out here: the code's own table must not prove itself.
    const limits = isVerified
      ? { auth: 200, join: 2_000, plainSend: 7_500, anySend: 7_500 }
      : { auth: 20, join: 20, plainSend: 20, anySend: 100 };
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
              expect(within(10_000, (kind) => kind === act.kind)).toBeLessThanOrEqual(limits[act.kind]);
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

test.each([1, 2, 7, 20, 21, 100, 1_000])(
  "the away shares of %i workers together stay within the smallest limit, and nobody's is nothing",
  (workers) => {
    const { count, windowMs } = makePermits({ isVerified: false, clock: clockAt(0).clock }).awayBudget(
      workers,
    );
    expect(count).toBeGreaterThan(0);
    expect((workers * count * 30_000) / windowMs).toBeLessThanOrEqual(20);
  },
);

test("a hub that was restarted counts what its workers sent before", () => {
  const time = clockAt(100_000);
  const permits = makePermits({ isVerified: false, clock: time.clock });
  permits.noteSent(Array.from({ length: 60 }, () => 10_000));
  permits.noteSent(Array.from({ length: 39 }, () => 5_000));
  expect(permits.reserve("send-as-moderator")).toBe(0);
  expect(permits.reserve("send-as-moderator")).toBeGreaterThan(20_000 - 1);
  expect(permits.reserve("send")).toBeGreaterThan(20_000);
});
