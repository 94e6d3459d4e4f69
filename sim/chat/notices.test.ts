import { expect, test } from "vitest";
import type { ChatSettings } from "../world/world.ts";
import { planSettingChanges, toDurationWords } from "./notices.ts";

const OPEN: ChatSettings = {
  emoteOnly: false,
  followersOnlyMinutes: undefined,
  uniqueChat: false,
  slowSeconds: 0,
  subscribersOnly: false,
  nonModeratorDelaySeconds: 0,
};

const rows: readonly [Partial<ChatSettings>, string, string][] = [
  [{ emoteOnly: true }, "emote-only=1 emote_only_on", "emote-only=0 emote_only_off"],
  [{ uniqueChat: true }, "r9k=1 r9k_on", "r9k=0 r9k_off"],
  [{ subscribersOnly: true }, "subs-only=1 subs_on", "subs-only=0 subs_off"],
  [{ slowSeconds: 30 }, "slow=30 slow_on", "slow=0 slow_off"],
  [{ followersOnlyMinutes: 0 }, "followers-only=0 followers_on_zero", "followers-only=-1 followers_off"],
  [{ followersOnlyMinutes: 10 }, "followers-only=10 followers_on", "followers-only=-1 followers_off"],
];

test.each(rows)("%j is told when it comes and when it goes", (change, coming, going) => {
  const plan = (before: ChatSettings, after: ChatSettings) =>
    planSettingChanges(before, after).map(({ tag, value, notice }) => `${tag}=${value} ${notice.code}`);
  const changed = { ...OPEN, ...change };
  expect(plan(OPEN, changed)).toEqual([coming]);
  expect(plan(changed, OPEN)).toEqual([going]);
  expect(plan(changed, changed)).toEqual([]);
});

test("several changes are told one by one, each in words", () => {
  const after = { ...OPEN, slowSeconds: 5, followersOnlyMinutes: 1440 };
  expect(planSettingChanges(OPEN, after).map(({ notice }) => notice.message)).toEqual([
    "This room is now in 1 day followers-only mode.",
    "This room is now in slow mode. You may send messages every 5 seconds.",
  ]);
});

test.each([
  [0, "0 minutes"],
  [1, "1 minute"],
  [60, "1 hour"],
  [1501, "1 day 1 hour 1 minute"],
  [129_600, "90 days"],
])("%i minutes are %s", (minutes, words) => {
  expect(toDurationWords(minutes)).toBe(words);
});
