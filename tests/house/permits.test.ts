/** The account's limits under a flood, with real processes and a Twitch that refuses what is over them. */

import { afterAll, beforeAll, expect, test } from "vitest";
import { type Millis, systemClock } from "../../shared/clock.ts";
import { readAccounts, readHeard } from "../support/accounts.ts";
import { startCrowd } from "../support/crowd.ts";
import { findOverLimit, NOTHING_OVER_LIMIT } from "../support/over-limit.ts";
import { makeTown } from "../support/town.ts";
import { BOT, isReply, isSaidByBot, openTrialHouse, type TrialHouse } from "../support/trial-house.ts";

const CHANNELS = 5;
/** In the first three the bot moderates, in the other two it is a viewer. */
const MODERATED = 3;
/** Longer than Twitch's window: what was said at the beginning leaves it, and room comes back. */
const FLOOD_MS: Millis = 36_000;
const KILL_AFTER_MS: Millis = 10_000;
/** In each channel. All together it is ten times of what the account may say. */
const ASK_EVERY_MS: Millis = 150;
/** Nobody waits for a single answer while another channel floods. */
const SINGLE_WITHIN_MS: Millis = 1_000;
/** So many more of a flood are answered at most before a single question of another channel is: what was leased already. */
const BEFORE_A_SINGLE_MAX = 3;
/** An answer is worth saying for 10 s, and its receipt may take 5 s more. */
const ENDS_WITHIN_MS: Millis = 16_000;

const town = makeTown({ channels: CHANNELS, botIsVerified: false });
const scene = {
  ...town,
  scenario: {
    ...town.scenario,
    channels: town.channels.map((login, index) => ({ login, moderators: index < MODERATED ? [BOT] : [] })),
  },
};
const [, , , flooded = "", quiet = ""] = town.channels;

let house: TrialHouse;
beforeAll(async () => {
  house = await openTrialHouse({}, { scene });
});
afterAll(() => house.close());

const pass = (ms: Millis) => new Promise<void>((resolve) => void systemClock.after(ms, resolve));

test("one channel floods with 50 commands; another's single command is answered without waiting behind it", async () => {
  await Promise.all(Array.from({ length: 50 }, (_, n) => house.say(flooded, `flood_${n}`, "!ping")));
  // Some of the flood has been answered: the rest waits for its turn.
  await house.heard((line) => isReply(line, flooded, "flood_5"));
  const ofTheFlood = () => house.lines.filter((line) => isSaidByBot(line) && line.channel === flooded).length;
  const before = ofTheFlood();
  const askedAt = systemClock.now();
  await house.say(quiet, "just_one", "!ping");
  await house.replyTo(quiet, "just_one");
  expect(systemClock.now() - askedAt).toBeLessThan(SINGLE_WITHIN_MS);
  expect(ofTheFlood() - before).toBeLessThanOrEqual(BEFORE_A_SINGLE_MAX);
  expect(await findOverLimit(house)).toEqual(NOTHING_OVER_LIMIT);
});

test("a flood in five channels, the hub killed in its midst: Twitch refuses nothing, and every question has its end", async () => {
  const crowd = startCrowd(house, { everyMs: ASK_EVERY_MS });
  const { pid: hub } = await house.child("hub");
  await pass(KILL_AFTER_MS);
  process.kill(hub ?? Number.NaN, "SIGKILL");
  await house.until(
    () => house.child("hub"),
    ({ pid, state }) => pid !== hub && state === "running",
  );
  const saidBefore = house.lines.length;
  await pass(FLOOD_MS - KILL_AFTER_MS);
  await crowd.hush();
  const endsBy = systemClock.now() + ENDS_WITHIN_MS;
  for (const channel of house.channels) {
    await house.until(
      async () => readAccounts(house, channel).length,
      (ended) => ended >= readHeard(house, channel).length || systemClock.now() > endsBy,
    );
    const ends = readAccounts(house, channel).map(({ ended }) => ended);
    expect(ends).toHaveLength(readHeard(house, channel).length);
    const allowed = /^(answered (accepted|expired|dropped (crowded|queue-full))|refused cooling-down)$/;
    expect(ends.filter((ended) => !allowed.test(ended))).toEqual([]);
  }
  expect(await findOverLimit(house)).toEqual(NOTHING_OVER_LIMIT);
  // The hub that came after used what there was.
  const said = house.lines
    .slice(saidBefore)
    .filter((line) => line.kind === "chat-message" && line.user === BOT);
  expect(said.length).toBeGreaterThan(40);
});
