import { expect, test } from "vitest";
import { makeFakeClock } from "../../tests/support/fake-clock.ts";
import { makeChildCondition, waitForOperator } from "./child-condition.ts";
import { TROUBLES_MAX } from "./supervisor-child.ts";

const open = () => {
  const clock = makeFakeClock();
  let changes = 0;
  const condition = makeChildCondition({
    clock,
    onChange() {
      changes += 1;
    },
  });
  return { clock, condition, changes: () => changes };
};

test("tells the whole each time, one wait for each stage, and how much of it is left", async () => {
  const { clock, condition, changes } = open();
  condition.waitsFor({ stage: "chat", for: "turn", detail: "in the queue", forMs: 4_000 });
  condition.waitsFor({ stage: "eventsub", for: "hub", detail: "no hub", forMs: 2_000 });
  await clock.advance(1_500);
  condition.waitsFor({ stage: "eventsub", for: "operator", detail: "consent" });
  condition.waitsFor({ stage: "eventsub", for: "operator", detail: "consent" });
  expect(condition.now().waits).toEqual([
    { stage: "chat", for: "turn", detail: "in the queue", forMs: 2_500 },
    { stage: "eventsub", for: "operator", detail: "consent" },
  ]);
  condition.waitsNoMore("chat");
  condition.waitsNoMore("chat");
  expect(condition.now().waits.map(({ stage }) => stage)).toEqual(["eventsub"]);
  expect(changes()).toBe(4);
});

test("a wait that was not claimed again in time is told no more", async () => {
  const { clock, condition } = open();
  condition.waitsFor({ stage: "chat", for: "twitch", detail: "refused", forMs: 1_000 });
  await clock.advance(1_000);
  condition.troubleBegins("high-cpu", "70%");
  expect(condition.now()).toEqual({ waits: [], troubles: [{ code: "high-cpu", detail: "70%" }] });
});

test("a trouble lasts until it ends, and the same words are not told twice", () => {
  const { condition, changes } = open();
  condition.troubleBegins("high-cpu", "70%");
  condition.troubleBegins("high-cpu", "70%");
  condition.troubleBegins("high-cpu", "90%");
  condition.troubleBegins("chat-lost", "x".repeat(600));
  expect(condition.now().troubles).toEqual([
    { code: "high-cpu", detail: "90%" },
    { code: "chat-lost", detail: "x".repeat(500) },
  ]);
  condition.troubleEnds("high-cpu");
  condition.troubleEnds("never-begun");
  expect(condition.now().troubles.map(({ code }) => code)).toEqual(["chat-lost"]);
  expect(changes()).toBe(4);
});

test("never tells more troubles than the supervisor takes", () => {
  const { condition } = open();
  for (let n = 0; n < TROUBLES_MAX + 5; n += 1) condition.troubleBegins(`code-${n}`, "");
  expect(condition.now().troubles).toHaveLength(TROUBLES_MAX);
});

test("a wait for a person says what happened and what to do", () => {
  expect(waitForOperator("ready", "needs-reauth", "400 Invalid refresh token").detail).toMatch(
    /^Twitch no longer accepts the bot's token \(400 Invalid refresh token\): \.\/kissbot\.sh auth login --bot /,
  );
});
