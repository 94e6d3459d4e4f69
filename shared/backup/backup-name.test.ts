import fc from "fast-check";
import { expect, test } from "vitest";
import { parseBackupName, toBackupName } from "./backup-name.ts";

const YEAR_2000 = Date.UTC(2000, 0);
const YEAR_2100 = Date.UTC(2100, 0);

test("a name says of which second its backup is", () => {
  const Instant = fc.integer({ min: YEAR_2000, max: YEAR_2100 });
  fc.assert(
    fc.property(Instant, fc.boolean(), fc.nat(20), (at, isEncrypted, count) => {
      const second = Math.floor(at / 1_000) * 1_000;
      expect(parseBackupName(toBackupName({ at, isEncrypted }, count))).toEqual({ at: second, isEncrypted });
    }),
  );
});

test.each([
  "kissbot.db",
  "kissbot-20261301T000000Z.tar.gz.age",
  "kissbot-20260101T000000Z.tar.gz.age.json",
  "kissbot-20260101T000000Z.tar.gz.age.partial",
  "../kissbot-20260101T000000Z.tar.gz",
  "holiday.tar.gz.age",
  "",
])("%j is none of ours", (name) => {
  expect(parseBackupName(name)).toBeUndefined();
});
