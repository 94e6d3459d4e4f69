import { describe, expect, test } from "vitest";
import { planBackup, SOON_MS } from "./plan-backup.ts";

const at = (text: string) => Date.parse(`2026-03-${text}Z`);
const daily = { dailyAt: "04:30", jitterMs: 5 * 60_000 };
const HOUR = 3_600_000;

describe("the next backup", () => {
  test.each([
    ["tomorrow's, when today's is made", "10T12:00", "10T04:35", "11T04:35"],
    ["today's, before its time", "10T04:00", "09T04:35", "10T04:35"],
    ["tomorrow's, when one was made by hand since", "10T12:00", "10T11:00", "11T04:35"],
  ])("is %s", (_what, now, newest, expected) => {
    const past = { startedAt: at("01T00:00"), newestAt: at(newest), failures: 0, failedAt: undefined };
    expect(planBackup(at(now), past, daily)).toBe(at(expected));
  });

  test.each([
    ["what was missed while the house was off", at("09T04:35")],
    ["the first one ever", undefined],
    ["what a clock that was set back hides", at("20T04:35")],
  ])("is made soon after the start: %s", (_what, newestAt) => {
    const startedAt = at("10T12:00");
    const past = { startedAt, newestAt, failures: 0, failedAt: undefined };
    expect(planBackup(startedAt + 1_000, past, daily)).toBe(startedAt + SOON_MS);
  });

  test("is made at its time also when the house has just been started", () => {
    const past = { startedAt: at("10T04:34"), newestAt: at("10T04:00"), failures: 0, failedAt: undefined };
    expect(planBackup(at("10T04:34"), past, daily)).toBe(at("10T04:35"));
    expect(planBackup(at("10T04:35"), past, daily)).toBe(at("10T04:35"));
  });

  test("does not wait for a clock that was set back to catch up", () => {
    const past = { startedAt: at("20T00:00"), newestAt: undefined, failures: 3, failedAt: at("20T01:00") };
    expect(planBackup(at("10T12:00"), past, daily)).toBe(at("10T12:00"));
  });

  test.each([
    [1, HOUR / 6],
    [2, HOUR / 3],
    [9, 6 * HOUR],
  ])("after %i failures rests %i ms", (failures, restMs) => {
    const failedAt = at("10T05:00");
    const past = { startedAt: at("01T00:00"), newestAt: at("09T04:35"), failures, failedAt };
    expect(planBackup(failedAt + 1, past, daily)).toBe(failedAt + restMs);
  });
});
