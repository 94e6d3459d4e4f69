import { expect, test } from "vitest";
import { fullBucket, POINTS_MAX, takePoints } from "./points.ts";

const T0 = 1_000_000;

test("a full bucket gives one point and tells when it is full again", () => {
  expect(takePoints(fullBucket(T0), T0)).toMatchObject({
    isAllowed: true,
    remaining: 799,
    resetEpochSeconds: 1001,
  });
});

test("an empty bucket refuses, charges nothing and refills steadily", () => {
  const empty = { points: 0, at: T0 };
  const refused = takePoints(empty, T0);
  expect(refused).toMatchObject({ isAllowed: false, remaining: 0, resetEpochSeconds: 1060 });
  // 800 points a minute are one every 75 ms.
  expect(takePoints(refused.bucket, T0 + 74).isAllowed).toBe(false);
  expect(takePoints(refused.bucket, T0 + 75).isAllowed).toBe(true);
});

test("never holds more than its size", () => {
  expect(takePoints(fullBucket(T0), T0 + 3_600_000).bucket.points).toBe(POINTS_MAX - 1);
});

test("allows exactly its size at one instant", () => {
  let bucket = fullBucket(T0);
  let allowed = 0;
  for (let asked = 0; asked < 900; asked += 1) {
    const taken = takePoints(bucket, T0);
    bucket = taken.bucket;
    if (taken.isAllowed) allowed += 1;
  }
  expect(allowed).toBe(POINTS_MAX);
});
