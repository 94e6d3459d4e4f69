import * as v from "valibot";
import { describe, expect, test } from "vitest";
import { hubChildId, Login, workerChildId } from "../../shared/ids.ts";
import type { ChildStatus } from "../../shared/ipc/control.ts";
import { describeMissing, judgeComing } from "./await-ready.ts";

const child = (change: Partial<ChildStatus>): ChildStatus => ({
  childId: hubChildId,
  state: "running",
  stage: "ready",
  restarts: 0,
  ...change,
});

const reauth = { stage: "ready", for: "operator", detail: "The token is dead: give a new one" } as const;

describe("judgeComing", () => {
  test.each<[string, Partial<ChildStatus>, string]>([
    ["runs", {}, "ready"],
    ["is on its way", { state: "starting", stage: "chat" }, "coming"],
    ["fell and rests", { state: "resting", stage: "starting", lastError: "exit code 1" }, "coming"],
    ["was given up", { state: "given-up", stage: "starting" }, "not-ready"],
    ["waits for a person", { state: "starting", stage: "starting", waits: [reauth] }, "not-ready"],
    ["works, though a person could do something", { waits: [reauth] }, "ready"],
    [
      "waits for Twitch",
      { state: "starting", stage: "chat", waits: [{ ...reauth, for: "twitch" }] },
      "coming",
    ],
  ])("a child that %s", (_name, change, judged) => {
    expect(judgeComing([child({}), child(change)])).toBe(judged);
  });
});

test("a hub that waits for a person keeps its workers from becoming ready, though it is as far as it can be itself", () => {
  const hub = child({ waits: [reauth] });
  const worker = child({
    childId: workerChildId(v.parse(Login, "alice")),
    state: "starting",
    stage: "starting",
  });
  expect(judgeComing([hub, worker])).toBe("not-ready");
  expect(describeMissing([hub, worker])).toBe(
    "hub: waits for you, alice: starting. The token is dead: give a new one.",
  );
  const asking = child({ childId: worker.childId, waits: [reauth] });
  expect(judgeComing([child({}), asking, { ...worker, childId: hubChildId }])).toBe("coming");
});

test("a channel whose owner has to grant something keeps nobody from being waited for: it goes without", () => {
  const alice = { childId: workerChildId(v.parse(Login, "alice")), state: "starting" } as const;
  const withoutGrant = child({ ...alice, stage: "eventsub", waits: [{ ...reauth, stage: "eventsub" }] });
  expect(judgeComing([child({}), withoutGrant])).toBe("coming");
  const banned = child({ ...alice, stage: "chat", waits: [{ ...reauth, stage: "chat" }] });
  expect(judgeComing([child({}), banned])).toBe("not-ready");
});

test("describeMissing names who is missing, and what a person has to do", () => {
  expect(describeMissing([child({}), child({ state: "starting", stage: "eventsub" })])).toBe(
    "hub: starting (eventsub).",
  );
  const waiting = child({ state: "starting", stage: "starting", waits: [reauth] });
  expect(describeMissing([waiting])).toBe("hub: waits for you. The token is dead: give a new one.");
});
