import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { makeFakeClock } from "../../tests/support/fake-clock.ts";
import { AT_ONCE_MAX, DELETES_PER_SECOND, makePace } from "./pace.ts";

function open(createsPerSecond: number, fraction = 0, waitMs = 0) {
  const clock = makeFakeClock();
  const pace = makePace({
    createsPerSecond,
    room: () => ({ waitMs }),
    clock,
    random: () => fraction,
  });
  /** When each of so many could be sent. */
  const send = async (kind: "create" | "delete", count: number) => {
    const at: number[] = [];
    for (let sent = 0; sent < count; sent += 1) {
      await clock.advance(pace.waitMs(kind));
      expect(pace.waitMs(kind)).toBe(0);
      pace.took(kind);
      at.push(clock.now());
    }
    return at;
  };
  return { clock, pace, send };
}

describe("the pace", () => {
  test("lets the first few go at once and then keeps to the ceiling", async () => {
    const { send } = open(2);
    const at = await send("create", AT_ONCE_MAX + 4);
    expect(at.slice(0, AT_ONCE_MAX)).toEqual(Array(AT_ONCE_MAX).fill(0));
    expect(at.slice(AT_ONCE_MAX)).toEqual([500, 1_000, 1_500, 2_000]);
  });

  test("adds a jitter that changes when each goes, and not how many go", async () => {
    for (const [perSecond, jitterMs] of [
      [2, 200],
      [12, (1_000 / 12) * 0.4],
    ] as const) {
      const last = async (fraction: number) =>
        (await open(perSecond, fraction).send("create", AT_ONCE_MAX + 100)).at(-1) ?? 0;
      const evenly = 100 * (1_000 / perSecond);
      expect(await last(0)).toBeCloseTo(evenly, 3);
      expect(await last(0.999)).toBeCloseTo(evenly + 0.999 * jitterMs, 3);
    }
  });

  test("five hundred at 12 a second take 41 s, though each answer takes 50 ms", async () => {
    const { clock, pace } = open(12, 0.999);
    for (let sent = 0; sent < 500; sent += 1) {
      while (pace.waitMs("create") > 0) await clock.advance(pace.waitMs("create"));
      pace.took("create");
      await clock.advance(50);
    }
    expect(clock.now()).toBeLessThan(41_000);
  });

  test("whatever comes when, no stretch of time has more than the first few and what the ceiling allows", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.double({ min: 0.1, max: 50, noNaN: true }),
        fc.array(
          fc.record({
            lateMs: fc.integer({ min: 0, max: 20_000 }),
            fraction: fc.double({ min: 0, max: 0.999, noNaN: true }),
          }),
          { minLength: 1, maxLength: 80 },
        ),
        async (perSecond, sends) => {
          const clock = makeFakeClock();
          let fraction = 0;
          const pace = makePace({
            createsPerSecond: perSecond,
            room: () => ({ waitMs: 0 }),
            clock,
            random: () => fraction,
          });
          const at: number[] = [];
          for (const send of sends) {
            await clock.advance(pace.waitMs("create") + (send.fraction > 0.5 ? send.lateMs : 0));
            if (pace.waitMs("create") > 0) continue;
            fraction = send.fraction;
            pace.took("create");
            at.push(clock.now());
          }
          for (let from = 0; from < at.length; from += 1)
            for (let to = from; to < at.length; to += 1) {
              const stretchMs = (at[to] ?? 0) - (at[from] ?? 0);
              expect(to - from + 1).toBeLessThanOrEqual(AT_ONCE_MAX + (stretchMs * perSecond) / 1_000 + 1e-6);
            }
        },
      ),
    );
  });

  test("saves up while nothing goes, and not more than the first few", async () => {
    const { clock, send } = open(2);
    await send("create", AT_ONCE_MAX + 1);
    await clock.advance(3_500);
    const some = await send("create", 9);
    expect(some.filter((at) => at === some[0])).toHaveLength(7);
    await clock.advance(3_600_000);
    const many = await send("create", AT_ONCE_MAX + 1);
    expect(many.filter((at) => at === many[0])).toHaveLength(AT_ONCE_MAX);
  });

  test("deletes have a lane of their own", async () => {
    const { send } = open(0.1);
    await send("create", AT_ONCE_MAX);
    const at = await send("delete", AT_ONCE_MAX + DELETES_PER_SECOND);
    expect(at.at(-1)).toBeCloseTo(1_000);
  });

  test("what is urgent waits for nothing but Twitch's own word", async () => {
    const { clock, pace, send } = open(0.1);
    await send("create", AT_ONCE_MAX);
    expect(pace.waitMs("urgent")).toBe(0);
    pace.hold(2_000);
    expect([pace.waitMs("urgent"), pace.waitMs("delete")]).toEqual([2_000, 2_000]);
    await clock.advance(2_000);
    expect(pace.waitMs("urgent")).toBe(0);
  });

  test("goes no faster than Helix's points leave room for", () => {
    const { pace } = open(13, 0, 3_750);
    expect(pace.waitMs("create")).toBe(3_750);
  });
});
