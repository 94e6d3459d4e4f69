import { expect, test } from "vitest";
import { CHANNELS_JOINED_MAX, makeJoinedChannels, TRY_AGAIN_AFTER_MS } from "./joined-channels.ts";
import { GOOD_FOR_MS } from "./limits.ts";

function fullHouse() {
  const joined = makeJoinedChannels();
  for (let n = 0; n < CHANNELS_JOINED_MAX; n += 1) {
    expect(joined.findObstacle(`c${n}`, 0)).toBeUndefined();
    joined.tell(`c${n}`, { isJoined: true, standing: n === 0 ? "vip" : "viewer" });
  }
  return joined;
}

test("a hundred channels take a place each; those it moderates or owns take none", () => {
  const joined = fullHouse();
  joined.tell("mine", { isJoined: true, standing: "broadcaster" });
  joined.tell("modded", { isJoined: true, standing: "moderator" });
  expect(joined.state()).toEqual({ counted: 100, free: 2, max: 100, refused: [] });
  // It is known that it may.
  joined.tell("modded", { isJoined: false, standing: "moderator" });
  expect(joined.findObstacle("modded", 0)).toBeUndefined();
});

test("one more is let try once, since the bot may moderate there, and is then told why not", () => {
  const joined = fullHouse();
  expect(joined.findObstacle("more", 0)).toBeUndefined();
  const soon = GOOD_FOR_MS.join + 1;
  expect(joined.findObstacle("more", soon)).toMatch(
    /in 100 channels where it is no moderator.*moderator in more/,
  );
  expect(joined.state().refused).toEqual(["more"]);
  expect(joined.findObstacle("more", TRY_AGAIN_AFTER_MS + 1)).toBeUndefined();
});

test("one that is known to be no moderator's is not let try", () => {
  const joined = fullHouse();
  joined.tell("more", { isJoined: false, standing: "viewer" });
  expect(joined.findObstacle("more", 0)).toBeDefined();
  joined.left("c1");
  expect(joined.findObstacle("more", 0)).toBeUndefined();
  expect(joined.state().refused).toEqual([]);
});

test("joins that are under way hold their places", () => {
  const joined = makeJoinedChannels();
  for (let n = 0; n < CHANNELS_JOINED_MAX; n += 1) joined.findObstacle(`c${n}`, 0);
  joined.tell("more", { isJoined: false, standing: "viewer" });
  expect(joined.findObstacle("more", 1)).toBeDefined();
  expect(joined.findObstacle("more", GOOD_FOR_MS.join)).toBeUndefined();
});

test("chat that comes by the application's token takes no place, whatever its worker says", () => {
  let isByApplication = false;
  const joined = makeJoinedChannels((channel) => isByApplication && channel.startsWith("c"));
  for (let n = 0; n < CHANNELS_JOINED_MAX; n += 1)
    joined.tell(`c${n}`, { isJoined: true, standing: "viewer" });
  joined.tell("more", { isJoined: false, standing: "viewer" });
  expect(joined.findObstacle("more", 0)).toContain("in 100 channels");
  // The transport may fall back, and come back: it is asked each time.
  isByApplication = true;
  expect(joined.findObstacle("more", 1)).toBeUndefined();
  expect(joined.state()).toMatchObject({ counted: 0, free: CHANNELS_JOINED_MAX });
});
