import { describe, expect, test } from "vitest";
import { hubChildId } from "../../shared/ids.ts";
import type { ChildStatus } from "../../shared/ipc/control.ts";
import { describeMissing, judgeComing } from "./await-ready.ts";

const child = (change: Partial<ChildStatus>): ChildStatus => ({
  childId: hubChildId,
  state: "running",
  stage: "ready",
  restarts: 0,
  ...change,
});

describe("judgeComing", () => {
  test.each<[string, Partial<ChildStatus>, string]>([
    ["runs", {}, "ready"],
    ["is on its way", { state: "starting", stage: "chat" }, "coming"],
    ["fell and rests", { state: "resting", stage: "starting", lastError: "exit code 1" }, "coming"],
    ["was given up", { state: "given-up", stage: "starting" }, "not-ready"],
    [
      "waits for a person",
      { state: "starting", stage: "starting", lastError: "needs-reauth: 401" },
      "not-ready",
    ],
    ["runs again after its trouble", { lastError: "needs-reauth: 401" }, "ready"],
  ])("a child that %s", (_name, change, judged) => {
    expect(judgeComing([child({}), child(change)])).toBe(judged);
  });
});

test("describeMissing names who is missing, and what a person has to do", () => {
  expect(describeMissing([child({}), child({ state: "starting", stage: "eventsub" })])).toBe(
    "hub: starting (eventsub).",
  );
  const reauth = child({ state: "starting", stage: "starting", lastError: "needs-reauth: 401" });
  expect(describeMissing([reauth])).toBe(
    "hub: starting. Twitch no longer accepts the bot's token: give the bot account new tokens in config/config.yaml under twitch.tokens, then restart.",
  );
});
