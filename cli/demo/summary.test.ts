import { describe, expect, test } from "vitest";
import { type DemoResult, findFailures, renderSummary } from "./summary.ts";

const good: DemoResult = {
  ranForMs: 20_000,
  firstReplyAfterMs: 2_400,
  messagesSeen: 14,
  latencies: [3, 4, 5, 30],
  unanswered: 0,
  children: [],
  fall: { is: "back", channel: "bob", awayMs: 900 },
  hadToKill: [],
  remaining: [],
  broke: undefined,
};

test("tells what was seen, answered and how fast", () => {
  expect(renderSummary(good)).toBe(
    [
      "  ran for         20 s",
      "  messages seen   14",
      "  answered        4",
      "  message→reply   p50 4 ms, p95 30 ms, measured at the simulator",
      "  first reply     2.4 s after the command was typed",
      "  restarts        0; the killed worker (bob) was away for 0.9 s",
      "  memory (PSS)    unknown",
      "  left behind     no process",
    ].join("\n"),
  );
});

test("says so when nothing was measured", () => {
  const nothing = { ...good, latencies: [], firstReplyAfterMs: undefined, fall: undefined, unanswered: 2 };
  expect(renderSummary(nothing)).toContain("p50 -, p95 -");
  expect(renderSummary(nothing)).toContain("0 (unanswered: 2)");
});

describe("findFailures", () => {
  test.each<[string, Partial<DemoResult>, readonly string[]]>([
    ["a good run", {}, []],
    ["an interrupted run in which nobody had spoken yet", { messagesSeen: 0, latencies: [] }, []],
    ["a silent bot", { latencies: [] }, ["Nobody was answered."]],
    [
      "a lost worker",
      { fall: { is: "not-back", channel: "bob" } },
      ["The killed worker of #bob did not come back."],
    ],
    ["a stubborn child", { hadToKill: ["hub"] }, ["Had to be killed at the end: hub."]],
    ["a leftover", { remaining: [7] }, ["Still there at the end: process 7."]],
    ["a broken house", { broke: "The supervisor ended." }, ["The supervisor ended."]],
  ])("%s", (_name, change, failures) => {
    expect(findFailures({ ...good, ...change })).toEqual(failures);
  });
});
