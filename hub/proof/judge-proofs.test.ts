import { expect, test } from "vitest";
import { judgeProofs, type Proof, spoken } from "./judge-proofs.ts";

const proof = (agoMs: number | undefined, more: Partial<Proof> = {}): Proof => ({
  name: "keepalive",
  what: "sign of life from EventSub",
  agoMs,
  boundMs: 13_000,
  dueForMs: 60_000,
  ...more,
});

test.each<[string, Proof, string]>([
  ["seen in time", proof(3_000), "proved"],
  ["seen at its bound", proof(13_000), "proved"],
  ["seen too long ago", proof(13_001), "unproved"],
  ["never seen", proof(undefined), "unproved"],
  ["never seen, but it is not due yet", proof(undefined, { dueForMs: 5_000 }), "not-yet"],
  ["seen before the last interruption, and not due again", proof(70_000, { dueForMs: 5_000 }), "not-yet"],
])("%s", (_name, one, state) => {
  expect(judgeProofs([one]).proofs[0]?.state).toBe(state);
});

test("the whole is as old as its weakest proof, and what is not proved is told", () => {
  const judged = judgeProofs([
    proof(3_000),
    proof(14_000, { name: "drift-check", what: "comparison with Twitch's list", boundMs: 130_000 }),
    proof(undefined, { name: "streams", what: "look at the streams", boundMs: 150_000, dueForMs: 600_000 }),
    proof(200_000, { name: "token", what: "proof of the token", boundMs: 100_000, dueForMs: 600_000 }),
  ]);
  expect(judged.provedAgoMs).toBe(14_000);
  expect(judged.unproved).toEqual([
    "no look at the streams for more than 3 min",
    "proof of the token was 3 min ago",
  ]);
});

test("nothing proved at all has no age", () => {
  expect(judgeProofs([proof(undefined)]).provedAgoMs).toBeUndefined();
});

test.each([
  [400, "0 s"],
  [14_400, "14 s"],
  [119_000, "119 s"],
  [180_000, "3 min"],
  [7_200_000, "2 h"],
])("%d ms is spoken as %s", (ms, text) => {
  expect(spoken(ms)).toBe(text);
});
