import { expect, test } from "vitest";
import { serviceChildId } from "../shared/house-services.ts";
import { describeDrakon, parseDrakonHealth } from "./drakon-page.ts";

const healthy = {
  status: "ok",
  version: "0.1.0",
  uptime_ms: 5,
  titles: 300_000,
  index_problem: null,
} as const;
const child = {
  childId: serviceChildId("drakon"),
  state: "running",
  stage: "ready",
  pid: 42,
  uptimeMs: 60_000,
  restarts: 2,
} as const;
const seen = { isHouseUp: true, isBuilt: true, port: 8_090, child, health: healthy };

test.each([
  [
    seen,
    /^The ranker is ready \(process 42, up .*, 2 restarts\)\. It ranks, and searches 300000 titles\. POST/,
  ],
  [
    { ...seen, health: { ...healthy, titles: null, index_problem: "there is no such file" } },
    /has no index to search: there is no such file\./,
  ],
  [
    {
      ...seen,
      health: undefined,
      child: { ...child, state: "resting", pid: undefined, lastError: "port" } as const,
    },
    /is resting\. Nothing answers at http:\/\/127\.0\.0\.1:8090\/health\. Last error: port\.$/,
  ],
  [
    { ...seen, child: undefined, health: undefined },
    /^The ranker is stopped: \.\/kissbot\.sh drakon start\.$/,
  ],
  [{ ...seen, isBuilt: false, child: undefined }, /not built/],
  [{ ...seen, isHouseUp: false, child: undefined, health: undefined }, /^No house runs/],
  [{ ...seen, isHouseUp: false, child: undefined }, /but a ranker answers/],
])("%j", (what, says) => {
  expect(describeDrakon(what).join(" ")).toMatch(says);
});

test.each([
  [JSON.stringify(healthy), true],
  ['{"status":"ok"}', false],
  ["<html>", false],
])("%j is an answer of the ranker's: %s", (text, isOne) => {
  expect(parseDrakonHealth(text) !== undefined).toBe(isOne);
});
