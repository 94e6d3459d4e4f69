/** Fifty workers of an ordinary bot: Twitch lets one account log in and join twenty times in ten seconds, and not once more. */
import { afterEach, expect, test } from "vitest";
import { makePaceWatch, PACE_LIMITS } from "../../bench/login-pace.ts";
import { makeTown } from "../support/town.ts";
import { BOT, openTrialHouse, type TrialHouse } from "../support/trial-house.ts";

const WORKERS = 50;
/** Twenty at once, twenty after ten seconds, ten after twenty; and what a busy machine needs to start fifty processes. */
const READY_WITHIN_MS = 60_000;

let house: TrialHouse | undefined;
afterEach(() => house?.close());

test(`${WORKERS} workers become ready at Twitch's pace: never too fast for it, and not slower than it allows`, async () => {
  house = await openTrialHouse(
    {},
    { scene: makeTown({ channels: WORKERS, botIsVerified: false }), readyWithinMs: READY_WITHIN_MS },
  );
  const watch = makePaceWatch(BOT);
  for (const line of house.lines) watch.hear(line);
  const { auths, joins, refused } = watch.pace();
  expect(refused).toBe(0);
  expect(auths).toBeLessThanOrEqual(PACE_LIMITS.ordinary.auths);
  expect(joins).toBeLessThanOrEqual(PACE_LIMITS.ordinary.joins);
  const of = (kind: string) => house?.lines.filter((line) => line.kind === kind) ?? [];
  expect(of("irc-logged-in")).toHaveLength(WORKERS);
  expect(
    of("irc-joined")
      .map(({ channel }) => channel)
      .toSorted(),
  ).toEqual(house.channels.toSorted());
  expect([...of("irc-closed"), ...of("missed")]).toEqual([]);
}, 90_000);
