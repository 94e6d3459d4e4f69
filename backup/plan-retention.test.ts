import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { BackupNote } from "../shared/backup/shelf.ts";
import { planRetention } from "./plan-retention.ts";

const DAY = 86_400_000;
const NOW = Date.UTC(2026, 5, 30, 12);
const proof: BackupNote["proof"] = { at: NOW, is: "right" };
const of = (daysAgo: number, isProved = false) => ({
  at: NOW - daysAgo * DAY,
  note: isProved ? { bytes: 1, sha256: "", proof } : undefined,
});
const daysAgo = (backups: readonly { readonly at: number }[]) => backups.map(({ at }) => (NOW - at) / DAY);

describe("retention", () => {
  test("keeps seven days and four weeks of a house that made one every day", () => {
    const backups = Array.from({ length: 60 }, (_, at) => of(at));
    const removed = daysAgo(planRetention(backups, { keepDaily: 7, keepWeekly: 4, now: NOW }));
    const kept = daysAgo(backups).filter((one) => !removed.includes(one));
    // 30 June 2026 is a Tuesday; the newest of a week is its Sunday's.
    expect(kept).toEqual([0, 1, 2, 3, 4, 5, 6, 9, 16]);
  });

  test.each([
    ["all of the last two days", [0, 0.1, 0.2, 1.5], 1, []],
    ["the newest of a day that is over", [3, 3.1, 3.2], 7, [3.1, 3.2]],
    ["the only one there is, however old", [900], 7, []],
    ["days that have one, not days that passed", [1, 40, 80], 3, []],
  ])("keeps %s", (_what, ages, keepDaily, expected) => {
    const removed = planRetention(
      ages.map((age) => of(age)),
      { keepDaily, keepWeekly: 0, now: NOW },
    );
    expect(daysAgo(removed).map((one) => Math.round(one * 10) / 10)).toEqual(expected);
  });

  test("keeps the newest that was proved", () => {
    const backups = [of(3), of(4), of(50, true), of(60, true)];
    expect(daysAgo(planRetention(backups, { keepDaily: 1, keepWeekly: 0, now: NOW }))).toEqual([4, 60]);
  });

  test("keeps the newest that may still be good", () => {
    const damaged = { ...of(3), note: { bytes: 1, sha256: "", proof: { at: NOW, is: "damaged" as const } } };
    const backups = [damaged, of(30), of(40)];
    expect(daysAgo(planRetention(backups, { keepDaily: 1, keepWeekly: 0, now: NOW }))).toEqual([40]);
  });

  test("never lets go of the newest, and of nothing twice over", () => {
    const Ages = fc.array(
      fc.integer({ min: 0, max: 400 * 24 }).map((hours) => of(hours / 24)),
      { minLength: 1 },
    );
    const Policy = fc.record({ keepDaily: fc.integer({ min: 1, max: 30 }), keepWeekly: fc.nat(12) });
    fc.assert(
      fc.property(Ages, Policy, (backups, policy) => {
        const removed = planRetention(backups, { ...policy, now: NOW });
        const left = backups.filter((one) => !removed.includes(one));
        expect(Math.max(...left.map(({ at }) => at))).toBe(Math.max(...backups.map(({ at }) => at)));
        expect(planRetention(left, { ...policy, now: NOW })).toEqual([]);
      }),
    );
  });
});
