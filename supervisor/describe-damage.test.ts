import { expect, test } from "vitest";
import type { Shelf, ShelvedBackup } from "../shared/backup/shelf.ts";
import { describeDamage } from "./describe-damage.ts";

const backup = (day: number, proof?: "right" | "damaged"): ShelvedBackup => ({
  name: `day-${day}`,
  file: `/backups/day-${day}`,
  at: Date.UTC(2026, 0, day, 4, 30),
  isEncrypted: true,
  bytes: 1,
  note: { bytes: 1, sha256: "", ...(proof && { proof: { at: 0, is: proof } }) },
});
const shelf = (...backups: ShelvedBackup[]): Shelf => ({ is: "read", backups });
const problems = ["*** in database main ***\nTree 9 page 9: btreeInitPage() returns error code 11", "more"];
const remedy = (of: Shelf) => describeDamage(problems, of).replace(/^.*then /, "");

test("says what is wrong without SQLite's headings, and how much more is", () => {
  expect(describeDamage(problems, shelf())).toMatch(
    /^the database is damaged \(Tree 9 page 9: btreeInitPage\(\) returns error code 11; and 1 more\): \.\/kissbot\.sh stop, then /,
  );
});

test.each([
  [
    "the newest that is proved",
    shelf(backup(3), backup(2, "right"), backup(1, "right")),
    "day-2 (the newest that is proved, of 2026-01-02T04:30Z)",
  ],
  [
    "else the newest that was never proved",
    shelf(backup(3, "damaged"), backup(2)),
    "day-2 (never proved, of 2026-01-02T04:30Z)",
  ],
])("names the backup to restore: %s", (_what, of, named) => {
  expect(remedy(of)).toBe(`./kissbot.sh backup restore ${named}`);
});

test.each([
  ["there is none", shelf()],
  ["all are damaged", shelf(backup(1, "damaged"))],
  ["their folder can't be read", { is: "unreadable", problem: "EACCES" } as const],
])("says where to read on when %s", (_what, of) => {
  expect(remedy(of)).toContain("docs/backups.md");
});
