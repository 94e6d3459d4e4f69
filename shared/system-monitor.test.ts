import { describe, expect, test } from "vitest";
import { makeFakeClock } from "../tests/support/fake-clock.ts";
import { makeTestLog } from "../tests/support/test-log.ts";
import type { Usage } from "./ipc/supervisor-child.ts";
import { type AlertKind, describeAlert, type SystemSample, stepAlerts } from "./system-alerts.ts";
import { SAMPLE_EVERY_MS, STARTED_WITHIN_MS, startSystemMonitor } from "./system-monitor.ts";

const calm: SystemSample = {
  lagMs: 12,
  lagP99Ms: 1,
  cpuPercent: 0.4,
  heapKb: 9_000,
  rssKb: 70_000,
  handles: 6,
  pssKb: 21_000,
};
const MB = 1_024;

describe("stepAlerts", () => {
  test.each<[string, readonly AlertKind[], Partial<SystemSample>, object]>([
    ["calm stays calm", [], {}, { active: [], begun: [], over: [] }],
    ["at the bar is not above it", [], { cpuPercent: 50, lagMs: 200, pssKb: 500 * MB }, { active: [] }],
    ["much CPU begins", [], { cpuPercent: 50.1 }, { active: ["high-cpu"], begun: ["high-cpu"], over: [] }],
    ["and is said once", ["high-cpu"], { cpuPercent: 99 }, { active: ["high-cpu"], begun: [], over: [] }],
    ["and is over when below", ["high-cpu"], {}, { active: [], begun: [], over: ["high-cpu"] }],
    ["memory", [], { pssKb: 500 * MB + 1 }, { begun: ["high-memory"] }],
    [
      "memory by RSS where PSS is unknown",
      [],
      { pssKb: undefined, rssKb: 600 * MB },
      { begun: ["high-memory"] },
    ],
    ["RSS does not count where PSS is known", [], { rssKb: 600 * MB }, { begun: [] }],
    ["lag", [], { lagMs: 201 }, { begun: ["high-lag"] }],
    [
      "one may begin while another ends",
      ["high-lag"],
      { cpuPercent: 60, pssKb: 600 * MB },
      { active: ["high-cpu", "high-memory"], begun: ["high-cpu", "high-memory"], over: ["high-lag"] },
    ],
  ])("%s", (_what, before, sample, expected) => {
    expect(stepAlerts(before, { ...calm, ...sample })).toMatchObject(expected);
  });
});

test.each<[AlertKind, string]>([
  ["high-cpu", "CPU 71.3% (bar 50%)"],
  ["high-memory", "memory 512MB (bar 500MB)"],
  ["high-lag", "event loop 900ms late (bar 200ms)"],
])("%s in words", (kind, words) => {
  expect(describeAlert(kind, { ...calm, cpuPercent: 71.3, pssKb: 512 * MB, lagMs: 900 })).toBe(words);
});

test("a line for the start and one a minute; an alert is said once when it begins and once when it is over", async () => {
  const clock = makeFakeClock();
  const { log, lines } = makeTestLog();
  const told: string[] = [];
  let usage: Usage = calm;
  const monitor = startSystemMonitor({
    clock,
    usage: { take: () => usage },
    pssKb: () => 21_000,
    log,
    onAlert: (code, detail) => told.push(`${code}: ${detail}`),
  });
  const warned = () => lines.filter(({ level }) => level === "warn").length;

  usage = { ...calm, cpuPercent: 98, lagMs: 700 };
  await clock.advance(STARTED_WITHIN_MS);
  expect(lines).toEqual([{ level: "info", fields: { ...usage, pssKb: 21_000 }, text: "system" }]);
  usage = calm;
  await clock.advance(SAMPLE_EVERY_MS - STARTED_WITHIN_MS);
  expect(lines.slice(1)).toEqual([{ level: "info", fields: calm, text: "system" }]);
  expect(told).toEqual([]);
  expect(monitor.alerts()).toEqual([]);

  usage = { ...calm, lagMs: 450 };
  await clock.advance(2 * SAMPLE_EVERY_MS);
  expect(told).toEqual(["high-lag: event loop 450ms late (bar 200ms)"]);
  expect(monitor.alerts()).toEqual(["event loop 450ms late (bar 200ms)"]);
  expect(warned()).toBe(1);

  usage = calm;
  await clock.advance(SAMPLE_EVERY_MS);
  expect(monitor.alerts()).toEqual([]);
  expect(lines.at(-1)).toMatchObject({ fields: { alert: "high-lag" }, text: "alert is over" });
  expect(warned()).toBe(1);

  monitor.stop();
  expect(clock.pending()).toBe(0);
});

test("PSS is asked from the kernel when RSS has moved, and now and then; in every line there is one", async () => {
  const clock = makeFakeClock();
  const { log, lines } = makeTestLog();
  let rssKb = 70_000;
  let asked = 0;
  const monitor = startSystemMonitor({
    clock,
    usage: { take: () => ({ ...calm, rssKb }) },
    pssKb: () => 20_000 + ++asked,
    log,
    onAlert: () => {},
  });
  const told = () => lines.map(({ fields }) => Number(fields.pssKb) - 20_000);
  await clock.advance(3 * SAMPLE_EVERY_MS);
  expect(told()).toEqual([1, 1, 1, 1]);
  rssKb += 2 * MB;
  await clock.advance(SAMPLE_EVERY_MS);
  rssKb -= 2 * MB;
  await clock.advance(SAMPLE_EVERY_MS);
  expect(told().slice(4)).toEqual([2, 3]);
  await clock.advance(10 * SAMPLE_EVERY_MS);
  expect(told().slice(6)).toEqual([...Array(9).fill(3), 4]);
  monitor.stop();
});
