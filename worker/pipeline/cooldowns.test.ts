import { expect, test } from "vitest";
import { makeFakeClock } from "../../tests/support/fake-clock.ts";
import { makeCooldowns } from "./cooldowns.ts";

const roll = (userId: string) => ({
  word: "roll",
  userId,
  cooldownMs: { perUser: 5_000, perChannel: 1_000 },
});

test("a user waits for the user's rest, others for the channel's", async () => {
  const clock = makeFakeClock();
  const cooldowns = makeCooldowns(clock);
  expect(cooldowns.take(roll("1")).is).toBe("taken");
  expect(cooldowns.take(roll("2")).is).toBe("cooling-down");
  await clock.advance(1_000);
  expect(cooldowns.take(roll("1")).is).toBe("cooling-down");
  expect(cooldowns.take(roll("2")).is).toBe("taken");
  await clock.advance(4_000);
  expect(cooldowns.take(roll("1")).is).toBe("taken");
});

test("a refund frees both, but never what somebody else has taken since", async () => {
  const clock = makeFakeClock();
  const cooldowns = makeCooldowns(clock);
  const first = cooldowns.take(roll("1"));
  if (first.is !== "taken") throw new Error("the first use is free");
  await clock.advance(1_000);
  expect(cooldowns.take(roll("2")).is).toBe("taken");
  first.refund();
  expect(cooldowns.take(roll("1")).is).toBe("cooling-down");
  await clock.advance(1_000);
  expect(cooldowns.take(roll("1")).is).toBe("taken");
});

test("no rest means no waiting", () => {
  const cooldowns = makeCooldowns(makeFakeClock());
  const ping = { word: "ping", userId: "1", cooldownMs: { perUser: 0, perChannel: 0 } };
  expect([cooldowns.take(ping).is, cooldowns.take(ping).is]).toEqual(["taken", "taken"]);
});
