import { expect, test } from "vitest";
import { makeFakeClock } from "../../tests/support/fake-clock.ts";
import { makeHelixPoints, parsePointsHeaders } from "./helix-points.ts";

const START = 1_000_000;

test("until Twitch tells, the documented bucket; background work leaves a quarter", () => {
  const points = makeHelixPoints(makeFakeClock(START));
  expect(points.room("command")).toEqual({ points: 800, waitMs: 0 });
  expect(points.room("background")).toEqual({ points: 600, waitMs: 0 });
  expect(points.state()).toEqual([]);
});

test("what is under way counts until its answer tells the new rest", () => {
  const clock = makeFakeClock(START);
  const points = makeHelixPoints(clock);
  for (let n = 0; n < 3; n += 1) points.sent("bot");
  expect(points.room("command").points).toBe(797);
  points.answered("bot", { limit: 100, remaining: 30, resetAtWall: START + 20_000 });
  expect(points.room("command")).toEqual({ points: 28, waitMs: 0 });
  expect(points.room("background")).toEqual({ points: 3, waitMs: 0 });
  points.answered("bot", undefined);
  points.answered("bot", { limit: 100, remaining: 25, resetAtWall: START + 20_000 });
  expect(points.room("background")).toEqual({ points: 0, waitMs: 267 });
  expect(points.room("command").points).toBe(25);
  expect(points.room("command", "app").points).toBe(800);
  expect(points.state()).toEqual([{ bucket: "bot", limit: 100, remaining: 25, resetInMs: 20_000 }]);
});

test("points come back evenly: after the wait there is one", async () => {
  const clock = makeFakeClock(START);
  const points = makeHelixPoints(clock);
  points.answered("bot", { limit: 100, remaining: 5, resetAtWall: START + 19_000 });
  const { waitMs } = points.room("background");
  expect(waitMs).toBe(4_200);
  await clock.advance(waitMs - 1);
  expect(points.room("background").points).toBe(0);
  await clock.advance(1);
  expect(points.room("background")).toEqual({ points: 1, waitMs: 0 });
  await clock.advance(14_800);
  expect(points.room("background").points).toBe(75);
});

test("at the reset the bucket is full again; a clock that is wrong stops nobody for longer than a minute", async () => {
  const clock = makeFakeClock(START);
  const points = makeHelixPoints(clock);
  points.answered("bot", { limit: 100, remaining: 0, resetAtWall: START + 3_600_000 });
  expect(points.room("command")).toEqual({ points: 0, waitMs: 600 });
  await clock.advance(60_000);
  expect(points.room("command")).toEqual({ points: 100, waitMs: 0 });
  points.answered("bot", { limit: 100, remaining: 0, resetAtWall: START + 5_000 });
  await clock.advance(5_000);
  expect(points.room("command")).toEqual({ points: 100, waitMs: 0 });
});

test.each([
  [
    { "ratelimit-limit": "800", "ratelimit-remaining": "799", "ratelimit-reset": "12" },
    { limit: 800, remaining: 799, resetAtWall: 12_000 },
  ],
  [
    { "ratelimit-limit": ["800"], "ratelimit-remaining": "0", "ratelimit-reset": "12" },
    { limit: 800, remaining: 0, resetAtWall: 12_000 },
  ],
  [{ "ratelimit-limit": "800", "ratelimit-remaining": "-1", "ratelimit-reset": "12" }, undefined],
  [{ "ratelimit-limit": "800" }, undefined],
  [{}, undefined],
])("reads %j", (headers, expected) => {
  expect(parsePointsHeaders(headers)).toEqual(expected);
});
