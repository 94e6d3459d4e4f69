import { expect, test } from "vitest";
import { judgeRanker } from "./ranker.ts";

test.each([
  [undefined, "warn", "nothing answers"],
  [{ status: 500, text: "" }, "warn", "answers 500"],
  [{ status: 200, text: "<html>" }, "warn", "no ranker"],
  [{ status: 200, text: '{"results":[]}' }, "ok", "it answers"],
  [{ status: 200, text: '{"ranked" : [], "latency_ms": 1}' }, "ok", "it answers"],
])("%j is judged %s", (answer, level, says) => {
  const finding = judgeRanker(answer);
  expect(finding.level).toBe(level);
  expect(finding.says).toContain(says);
  expect(finding.fix === undefined).toBe(level === "ok");
});
