import { expect, test } from "vitest";
import { isDamage, makeDamageReport, tellsOfDamage } from "./damage-report.ts";
import { KissError } from "./errors.ts";

const sqlite = (code: string, message = "database disk image is malformed") =>
  Object.assign(new Error(message), { code });

test("the first error that is damage is told, and no other", () => {
  const told: string[] = [];
  const report = makeDamageReport((detail) => told.push(detail));
  for (const problem of [
    new Error("malformed"),
    sqlite("SQLITE_BUSY"),
    sqlite("SQLITE_CORRUPT_INDEX", "row 7 is missing from an index"),
    sqlite("SQLITE_CORRUPT"),
  ])
    report(problem);
  expect(told).toEqual(["row 7 is missing from an index"]);
});

test("our own word for it counts, another of ours does not", () => {
  expect(isDamage(new KissError("database-damaged", "x"))).toBe(true);
  expect(isDamage(new KissError("backup-damaged", "x"))).toBe(false);
});

test("it is known by what a process said before it fell", () => {
  expect(tellsOfDamage("SqliteError: database disk image is malformed")).toBe(true);
  expect(tellsOfDamage("TypeError: x is not a function")).toBe(false);
});
