import fc from "fast-check";
import { expect, test } from "vitest";
import { openDeliveryStage } from "../support/delivery-stage.ts";

const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant("send" as const), isChat: fc.boolean() }) },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant("pass" as const),
      to: fc.constantFrom("worker" as const, "hub" as const),
    }),
  },
  { weight: 5, arbitrary: fc.record({ do: fc.constant("finish" as const), which: fc.nat(5) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("wait" as const),
      ms: fc.constantFrom(5, 60, 400, 2_000, 61_000),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("cut" as const),
      underWay: fc.constantFrom("gone" as const, "arrives" as const),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("hub-dies" as const),
      how: fc.constantFrom("killed" as const, "killed-when-quiet" as const, "stopped" as const),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("worker-dies" as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("hub-goes" as const), isThere: fc.boolean() }) },
);

test("whoever dies, and whenever: nothing is lost without a word, begun twice, or out of order", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 80 }), async (steps) => {
      const stage = openDeliveryStage();
      for (const one of steps) {
        if (one.do === "send") stage.twitchSends(one.isChat);
        else if (one.do === "pass") await stage.wirePasses(one.to);
        else if (one.do === "finish") await stage.workerFinishes(one.which);
        else if (one.do === "wait") await stage.clock.advance(one.ms);
        else if (one.do === "cut") await stage.lineIsCut(one.underWay);
        else if (one.do === "hub-dies") await stage.hubDies(one.how);
        else if (one.do === "worker-dies") await stage.workerIsKilled();
        else stage.hubGoes(one.isThere);
      }
      await stage.heal();
      const { begun, begunAgain, missing, toldLostBefore } = stage.promises();
      for (const life of begun) expect(life).toEqual([...new Set(life)].sort((a, b) => a - b));
      expect(begunAgain).toEqual([]);
      expect(missing.length).toBeLessThanOrEqual(toldLostBefore);
      expect(stage.left()).toEqual({ rows: [], losses: [] });
      await stage.close();
    }),
    { numRuns: 120 },
  );
}, 60_000);

test("what a hub lost without a worker to tell is told by the next hub, and struck off when the worker knows", async () => {
  const stage = openDeliveryStage();
  stage.hubGoes(false);
  await stage.lineIsCut("gone");
  for (let n = 0; n < 3; n += 1) stage.twitchSends(true);
  stage.twitchSends(false);
  await stage.clock.advance(61_000);
  stage.twitchSends(true);
  await stage.hubDies("stopped");
  expect(stage.left()).toEqual({ rows: ["alice 3", "alice 4"], losses: [3] });
  await stage.heal();
  expect(stage.promises()).toEqual({
    begun: [[3, 4]],
    begunAgain: [],
    missing: [0, 1, 2],
    toldLostBefore: 3,
  });
  expect(stage.left()).toEqual({ rows: [], losses: [] });
  await stage.close();
});
