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

  test("adds a jitter that never lets it pass the ceiling, and never halves it", async () => {
    const slow = await open(2, 0.999).send("create", AT_ONCE_MAX + 10);
    expect((slow.at(-1) ?? 0) / 10).toBeCloseTo(700, -1);
    const fast = await open(12, 0.999).send("create", AT_ONCE_MAX + 10);
    expect((fast.at(-1) ?? 0) / 10).toBeCloseTo((1_000 / 12) * 1.4, 0);
  });

  test("saves up while nothing goes, and not more than the first few", async () => {
    const { clock, send } = open(2);
    await send("create", AT_ONCE_MAX + 1);
    await clock.advance(3_500);
    const some = await send("create", 7);
    expect(some.filter((at) => at === some[0])).toHaveLength(6);
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
