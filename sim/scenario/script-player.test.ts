import { afterEach, beforeEach, expect, test } from "vitest";
import { type SimClock, startSimClock } from "../clock.ts";
import type { Order } from "../control/order.ts";
import type { Step } from "./scenario.ts";
import { dueAfterMs, makeScriptPlayer } from "./script-player.ts";

let clock: SimClock;
beforeEach(() => {
  clock = startSimClock({ startAt: 0, speed: 1e-9 });
});
afterEach(() => clock.stop());

test.each([
  [{ at: 5 }, [5, undefined]],
  [{ at: 5, every: 10 }, [5, 15, 25, 35]],
  [{ at: 5, every: 10, times: 2 }, [5, 15, undefined]],
  [{ at: 5, every: 10, until: 20 }, [5, 15, undefined]],
])("%j is due after %j", (step, due) => {
  expect(due.map((_, turn) => dueAfterMs(step, turn))).toEqual(due);
});

function play(steps: readonly Step[], apply: (order: Order) => void = () => {}) {
  const seen: string[] = [];
  const problems: string[] = [];
  const player = makeScriptPlayer({
    clock,
    steps,
    whereIs: (index) => `a.yaml:${index + 1}`,
    apply: (order) => {
      seen.push(`${clock.now()} ${order.do} ${"channel" in order ? order.channel : ""}`);
      apply(order);
      return order.do === "offline" ? { is: "refused", because: "a is not live" } : { is: "done" };
    },
    onProblem: (problem) => problems.push(problem),
  });
  return { player, seen, problems };
}

test("plays steps at their time, repeats drift-free, and is finished after the last", () => {
  const { player, seen } = play([
    { at: 10, do: "online", channel: "a" },
    { at: 5, every: 7, times: 3, do: "clear", channel: "b" },
  ]);
  expect(player.start()).toBe("started");
  expect(player.start()).toBe("already-playing");
  clock.advance(11);
  expect(player.state()).toEqual({ is: "playing", steps: 2, stepsDone: 2, stepsFailed: 0 });
  clock.advance(100);
  expect(seen).toEqual(["5 clear b", "10 online a", "12 clear b", "19 clear b"]);
  expect(player.state().is).toBe("finished");
});

test("reports what failed, with its line, and goes on", () => {
  const { player, problems, seen } = play(
    [
      { at: 1, do: "offline", channel: "a" },
      { at: 2, do: "clear", channel: "nobody" },
      { at: 3, do: "clear", channel: "a" },
    ],
    (order) => {
      if ("channel" in order && order.channel === "nobody") throw new Error('no user "nobody"');
    },
  );
  player.start();
  clock.advance(10);
  expect(problems).toEqual([
    "a.yaml:1: offline failed: a is not live",
    'a.yaml:2: clear failed: no user "nobody"',
  ]);
  expect(seen).toHaveLength(3);
  expect(player.state()).toMatchObject({ is: "finished", stepsDone: 3, stepsFailed: 2 });
});

test("nothing is played after stop, and a stopped script starts anew", () => {
  const { player, seen } = play([{ at: 1, every: 1, do: "clear", channel: "a" }]);
  player.start();
  clock.advance(2);
  player.stop();
  clock.advance(10);
  expect([seen.length, player.state().is]).toEqual([2, "stopped"]);
  player.start();
  clock.advance(1);
  expect(seen.at(-1)).toBe("13 clear a");
});
