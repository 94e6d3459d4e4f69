import { describe, expect, test } from "vitest";
import {
  IGNORED_FOR_MS,
  judgeMessage,
  type MessageFacts,
  NO_HISTORY,
  type RateLimit,
  type SendHistory,
  stepBudget,
  stepRate,
  toNormalText,
} from "./rules.ts";

const NOW = 1_000_000_000;
const MINUTE = 60_000;

describe("a rate", () => {
  const limit: RateLimit = { max: 2, windowMs: 1000 };
  test.each([
    ["is open at first", [], true],
    ["allows up to its number", [NOW - 1], true],
    ["is full then", [NOW - 2, NOW - 1], false],
    ["opens when the oldest leaves the window", [NOW - 1000, NOW - 1], true],
    ["is still full a moment before", [NOW - 999, NOW - 1], false],
  ])("%s", (_, taken, isAllowed) => {
    expect(stepRate(taken, NOW, limit).isAllowed).toBe(isAllowed);
  });

  test("is not used up by what it refused", () => {
    expect(stepRate([NOW - 2, NOW - 1], NOW, limit).taken).toEqual([NOW - 2, NOW - 1]);
  });
});

describe("the message budget", () => {
  const send = (
    history: SendHistory,
    count: number,
    by: { at?: number; isPrivileged?: boolean; isVerifiedBot?: boolean },
  ) => {
    let allowed = 0;
    let now = history;
    for (let one = 0; one < count; one += 1) {
      const step = stepBudget(now, {
        now: by.at ?? NOW,
        isPrivileged: by.isPrivileged ?? false,
        isVerifiedBot: by.isVerifiedBot ?? false,
      });
      now = step.history;
      if (step.isAllowed) allowed += 1;
    }
    return { allowed, history: now };
  };

  test.each([
    ["20 for a viewer", {}, 20],
    ["100 for broadcaster, moderator and VIP", { isPrivileged: true }, 100],
    ["7500 for a verified bot", { isVerifiedBot: true }, 7500],
    ["7500 for a verified bot that moderates", { isVerifiedBot: true, isPrivileged: true }, 7500],
  ])("is %s", (_, by, max) => {
    expect(send(NO_HISTORY, max + 5, by).allowed).toBe(max);
  });

  test("messages as a moderator fill the small bucket as well, and may go on", () => {
    const after = send(NO_HISTORY, 20, { isPrivileged: true });
    expect(send(after.history, 1, {}).allowed).toBe(0);
    expect(send(after.history, 80, { isPrivileged: true }).allowed).toBe(80);
  });

  test("whoever goes over it is ignored for an hour, except where privileged", () => {
    const over = send(NO_HISTORY, 21, {}).history;
    expect(send(over, 1, { at: NOW + 31_000 }).allowed).toBe(0);
    expect(send(over, 1, { at: NOW + 31_000, isPrivileged: true }).allowed).toBe(1);
    expect(send(over, 1, { at: NOW + IGNORED_FOR_MS - 1 }).allowed).toBe(0);
    expect(send(over, 1, { at: NOW + IGNORED_FOR_MS }).allowed).toBe(1);
  });

  test("trying again while ignored does not lengthen the hour", () => {
    const over = send(NO_HISTORY, 21, {}).history;
    const insisting = send(over, 50, { at: NOW + MINUTE }).history;
    expect(send(insisting, 1, { at: NOW + IGNORED_FOR_MS }).allowed).toBe(1);
  });
});

const OPEN = {
  emoteOnly: false,
  followersOnlyMinutes: undefined,
  uniqueChat: false,
  slowSeconds: 0,
  subscribersOnly: false,
  nonModeratorDelaySeconds: 0,
};

const FACTS: MessageFacts = {
  now: NOW,
  text: "hello everybody",
  standing: "viewer",
  channelLogin: "alice",
  channelName: "Alice",
  settings: OPEN,
  ban: { is: "none" },
  followedAt: undefined,
  last: undefined,
  isEmotesOnly: false,
  isRepeated: false,
};

const judge = (facts: Partial<MessageFacts>) => judgeMessage({ ...FACTS, ...facts })?.code ?? "sent";

describe("a message", () => {
  const emoteOnly = { ...OPEN, emoteOnly: true };
  const subscribersOnly = { ...OPEN, subscribersOnly: true };
  const uniqueChat = { ...OPEN, uniqueChat: true };
  const slow = { ...OPEN, slowSeconds: 10 };
  const followers = (minutes: number) => ({ ...OPEN, followersOnlyMinutes: minutes });
  const rows: readonly [string, Partial<MessageFacts>, string][] = [
    ["in an open room", {}, "sent"],
    ["of someone banned", { ban: { is: "for-good" } }, "msg_banned"],
    ["of a banned moderator", { ban: { is: "for-good" }, standing: "moderator" }, "msg_banned"],
    ["of someone timed out", { ban: { is: "until", at: NOW + 1 } }, "msg_timedout"],
    ["after the timeout", { ban: { is: "until", at: NOW } }, "sent"],
    ["of words in emote-only mode", { settings: emoteOnly }, "msg_emoteonly"],
    ["of emotes in emote-only mode", { settings: emoteOnly, isEmotesOnly: true }, "sent"],
    [
      "of a subscriber's words in emote-only mode",
      { settings: emoteOnly, standing: "subscriber" },
      "msg_emoteonly",
    ],
    ["of a stranger among followers", { settings: followers(10) }, "msg_followersonly"],
    ["of a stranger among followers of any age", { settings: followers(0) }, "msg_followersonly_zero"],
    [
      "of a new follower",
      { settings: followers(10), followedAt: NOW - 9 * MINUTE },
      "msg_followersonly_followed",
    ],
    ["of a follower of long enough", { settings: followers(10), followedAt: NOW - 10 * MINUTE }, "sent"],
    ["of a follower just now, any age", { settings: followers(0), followedAt: NOW }, "sent"],
    ["of a subscriber among followers", { settings: followers(10), standing: "subscriber" }, "sent"],
    ["of a viewer among subscribers", { settings: subscribersOnly }, "msg_subsonly"],
    ["of a subscriber among subscribers", { settings: subscribersOnly, standing: "subscriber" }, "sent"],
    ["said before in unique chat", { settings: uniqueChat, isRepeated: true }, "msg_r9k"],
    ["of nine letters in unique chat", { settings: uniqueChat, isRepeated: true, text: "123456789" }, "sent"],
    [
      "of ten letters in unique chat",
      { settings: uniqueChat, isRepeated: true, text: "1234567890" },
      "msg_r9k",
    ],
    ["too early in slow mode", { settings: slow, last: { at: NOW - 9_999, text: "a" } }, "msg_slowmode"],
    ["in time in slow mode", { settings: slow, last: { at: NOW - 10_000, text: "a" } }, "sent"],
    ["within a second of the last", { last: { at: NOW - 999, text: "a" } }, "msg_ratelimit"],
    ["a second after the last", { last: { at: NOW - 1000, text: "a" } }, "sent"],
    ["like the last one", { last: { at: NOW - 29_999, text: FACTS.text } }, "msg_duplicate"],
    ["like the last one, half a minute on", { last: { at: NOW - 30_000, text: FACTS.text } }, "sent"],
  ];
  test.each(rows)("%s", (_, facts, code) => {
    expect(judge(facts)).toBe(code);
  });

  test.each(["broadcaster", "moderator", "vip"] as const)(
    "of a %s passes every mode, fast and again",
    (standing) => {
      const settings = {
        ...OPEN,
        emoteOnly: true,
        followersOnlyMinutes: 10,
        uniqueChat: true,
        slowSeconds: 30,
        subscribersOnly: true,
      };
      expect(judge({ standing, settings, isRepeated: true, last: { at: NOW, text: FACTS.text } })).toBe(
        "sent",
      );
    },
  );

  test("refused says how long in Twitch's words", () => {
    expect(judgeMessage({ ...FACTS, ban: { is: "until", at: NOW + 9_001 } })?.message).toBe(
      "You are timed out for 10 more seconds.",
    );
    expect(judgeMessage({ ...FACTS, settings: slow, last: { at: NOW - 5_500, text: "a" } })?.message).toBe(
      "This room is in slow mode and you are sending messages too quickly. You will be able to talk again in 5 seconds.",
    );
    expect(judgeMessage({ ...FACTS, settings: followers(90), followedAt: NOW - 61 * MINUTE })?.message).toBe(
      "This room is in 1 hour 30 minutes followers-only mode. You have been following for 1 hour 1 minute. Continue following to chat!",
    );
  });
});

test.each([
  ["  a   b  ", "a b"],
  ["a\tb ", "a\tb"],
  ["   ", ""],
  ["\u2003a", "a"],
])("%j is the same as %j", (text, normal) => {
  expect(toNormalText(text)).toBe(normal);
});
