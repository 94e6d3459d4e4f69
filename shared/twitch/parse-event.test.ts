import fc from "fast-check";
import * as v from "valibot";
import { describe, expect, test } from "vitest";
import { broadcaster, notification, STAMP, twitchEvents } from "../../tests/support/twitch-events.ts";
import { ChannelEventBody } from "./channel-event.ts";
import { parseEvent } from "./parse-event.ts";
import { type Topic, topics } from "./topics.ts";

const named = { broadcasterLogin: "alice", broadcasterName: "Alice" };
const alice = { id: "123", login: "alice", name: "Alice" };
const bob = { id: "456", login: "bob", name: "Bob" };
const carol = { id: "7", login: "carol", name: "Carol" };
const dave = { id: "8", login: "dave", name: "Dave" };

const poll = { pollId: "1243456", title: "Aren’t shoes just really hard socks?", startedAt: STAMP };
const counted = [
  { id: "c1", title: "Yeah!", votes: 10 },
  { id: "c2", title: "No!", votes: 14 },
];
const prediction = { predictionId: "1243457", title: "Will it work?", startedAt: STAMP };
const bets = [
  { id: "o1", title: "Yes", users: 10, points: 15_000 },
  { id: "o2", title: "No", users: 3, points: 5_000 },
];
const train = {
  trainId: "1b0AsbInCHZW2SQFQkCzqN07Ib2",
  level: 2,
  total: 137,
  kind: "golden_kappa",
  isShared: false,
  topContributions: [
    { user: carol, kind: "bits", total: 50 },
    { kind: "subscription", total: 45 },
  ],
  startedAt: STAMP,
};
const moving = { ...train, progress: 37, goal: 500, expiresAt: STAMP };

const bodies: Readonly<Record<Topic, object>> = {
  "stream.online": { streamId: "9001", startedAt: STAMP, streamType: "live" },
  "stream.offline": {},
  "channel.update": {
    title: "Best Stream Ever",
    language: "en",
    categoryId: "12453",
    categoryName: "Grand Theft Auto",
  },
  "channel.follow": { user: carol, followedAt: STAMP },
  "channel.subscribe": { user: carol, tier: "1000", isGift: false },
  "channel.subscription.end": { user: carol, tier: "1000", isGift: false },
  "channel.subscription.message": { user: carol, tier: "2000", months: 15, text: "Love the stream! FevziGG" },
  "channel.subscription.gift": { user: carol, tier: "1000", total: 2, cumulativeTotal: 284 },
  "channel.cheer": { user: carol, bits: 1_000, text: "pogchamp" },
  "channel.raid": { from: bob, viewers: 9_001 },
  "channel.channel_points_custom_reward_redemption.add": {
    redemptionId: "17fa2df1-ad76-4804-bfa5-a40ef63efe63",
    user: carol,
    reward: { id: "92af127c", title: "Hydrate", cost: 100 },
    input: "pogchamp",
    status: "unfulfilled",
    redeemedAt: STAMP,
  },
  "channel.shoutout.create": { moderator: dave, to: bob, viewers: 860, startedAt: STAMP },
  "channel.shoutout.receive": { from: bob, viewers: 860, startedAt: STAMP },
  "channel.ad_break.begin": { durationSeconds: 60, isAutomatic: false, startedAt: STAMP, requester: alice },
  "channel.poll.begin": {
    ...poll,
    choices: [
      { id: "c1", title: "Yeah!" },
      { id: "c2", title: "No!" },
    ],
    endsAt: STAMP,
  },
  "channel.poll.progress": { ...poll, choices: counted, endsAt: STAMP },
  "channel.poll.end": { ...poll, choices: counted, status: "completed", endedAt: STAMP },
  "channel.prediction.begin": {
    ...prediction,
    outcomes: [
      { id: "o1", title: "Yes" },
      { id: "o2", title: "No" },
    ],
    locksAt: STAMP,
  },
  "channel.prediction.progress": { ...prediction, outcomes: bets, locksAt: STAMP },
  "channel.prediction.lock": { ...prediction, outcomes: bets, lockedAt: STAMP },
  "channel.prediction.end": {
    ...prediction,
    outcomes: bets,
    status: "resolved",
    winningOutcomeId: "o1",
    endedAt: STAMP,
  },
  "channel.hype_train.begin": moving,
  "channel.hype_train.progress": moving,
  "channel.hype_train.end": { ...train, endedAt: STAMP },
  "channel.moderator.add": { user: carol },
  "channel.moderator.remove": { user: carol },
  "channel.chat.message": {
    messageId: "cc106a89-1814-919d-454c-f4f2f970aae7",
    user: carol,
    text: "Hi chat",
    isAction: false,
    badges: ["moderator/1"],
    color: "#00FF7F",
    messageType: "text",
  },
  "channel.chat.notification": {
    messageId: "d62235c8-47ff-a4f4-84e8-5a29a65a9c03",
    kind: "announcement",
    user: carol,
    systemText: "Carol did something.",
    text: "hello",
    tells: [],
  },
  "channel.chat.clear": {},
  "channel.chat.clear_user_messages": { user: carol },
  "channel.chat.message_delete": { user: carol, messageId: "ab24e0b0-2260-4bac-94e4-05eedd4ecd0e" },
};

function bodyOf(topic: Topic, changes: object = {}): Record<string, unknown> {
  const parsed = parseEvent(topic, { ...twitchEvents[topic], ...changes });
  if (parsed.is !== "event") throw new Error(parsed.problem);
  expect(parsed.channelId).toBe("123");
  return parsed.body;
}

describe("Twitch's events, in our words", () => {
  test.each(topics)("%s", (topic) => {
    expect(bodyOf(topic)).toEqual({ topic, ...named, ...bodies[topic] });
    expect(v.parse(ChannelEventBody, bodyOf(topic))).toEqual(bodyOf(topic));
  });
});

describe("whoever gives without a name", () => {
  const nobody = { user_id: null, user_login: null, user_name: null };
  test.each([
    ["channel.cheer", { is_anonymous: true, ...nobody }],
    [
      "channel.cheer",
      { user_id: "407665396", user_login: "ananonymouscheerer", user_name: "AnAnonymousCheerer" },
    ],
    ["channel.subscription.gift", { is_anonymous: true, ...nobody }],
    ["channel.subscription.gift", { user_id: "274598607", user_login: "ananonymousgifter", user_name: "X" }],
    ["channel.subscription.gift", { is_anonymous: true }],
  ] as const)("%s %j", (topic, changes) => {
    expect(bodyOf(topic, changes)).not.toHaveProperty("user");
  });
});

describe("a chat message", () => {
  test.each([
    ["a cheer", { cheer: { bits: 100 } }, { bits: 100 }],
    ["a reward", { channel_points_custom_reward_id: "r1" }, { rewardId: "r1" }],
    ["/me", { message: { text: "\u0001ACTION waves\u0001" } }, { text: "waves", isAction: true }],
    [
      "a reply",
      {
        reply: {
          parent_message_id: "p",
          parent_user_id: "8",
          parent_user_login: "dave",
          parent_user_name: "Dave",
        },
      },
      { replyTo: { messageId: "p", user: dave } },
    ],
    ["Shared Chat", { source_broadcaster_user_id: "456" }, { sourceChannelId: "456" }],
  ])("%s", (_what, changes, expected) => {
    expect(bodyOf("channel.chat.message", changes)).toMatchObject(expected);
  });
});

describe("a notice in chat tells what the topics tell", () => {
  const recipient = { recipient_user_id: "8", recipient_user_login: "dave", recipient_user_name: "Dave" };
  const nobody = { chatter_user_id: null, chatter_user_login: null, chatter_user_name: null };
  const gift = { topic: "channel.subscription.gift", ...named, tier: "1000" };
  const received = { topic: "channel.subscribe", ...named, user: dave, tier: "1000", isGift: true };
  test.each([
    [
      "sub",
      { sub_tier: "1000", is_prime: true, duration_months: 1 },
      {},
      [{ topic: "channel.subscribe", ...named, user: carol, tier: "1000", isGift: false }],
    ],
    [
      "resub",
      { sub_tier: "2000", cumulative_months: 10, streak_months: 3, is_prime: false, is_gift: false },
      {},
      [
        {
          topic: "channel.subscription.message",
          ...named,
          user: carol,
          tier: "2000",
          months: 10,
          streakMonths: 3,
          text: "hello",
        },
      ],
    ],
    [
      "sub_gift",
      { ...recipient, sub_tier: "1000", community_gift_id: null, cumulative_total: 5 },
      {},
      [{ ...gift, user: carol, total: 1, cumulativeTotal: 5 }, received],
    ],
    [
      "sub_gift",
      { ...recipient, sub_tier: "1000", community_gift_id: "88", cumulative_total: null },
      {},
      [received],
    ],
    [
      "community_sub_gift",
      { id: "88", total: 20, sub_tier: "1000", cumulative_total: null },
      { ...nobody, chatter_is_anonymous: true },
      [{ ...gift, total: 20 }],
    ],
    [
      "raid",
      { user_id: "456", user_login: "bob", user_name: "Bob", viewer_count: 7, profile_image_url: "" },
      {},
      [{ topic: "channel.raid", ...named, from: bob, viewers: 7 }],
    ],
    ["sub", { sub_tier: "1000" }, { source_broadcaster_user_id: "456" }, []],
    ["sub", null, {}, []],
    ["unraid", {}, {}, []],
    ["__proto__", {}, {}, []],
  ])("%s %j", (kind, details, more, tells) => {
    expect(bodyOf("channel.chat.notification", notification(kind, details as never, more)).tells).toEqual(
      tells,
    );
  });
});

describe("what is longer than anybody needs is cut, in whole characters", () => {
  test("a title", () => {
    const { title } = bodyOf("channel.update", { title: `${"x".repeat(499)}😀${"y".repeat(10_000)}` });
    expect(title).toBe("x".repeat(499));
  });
  test("a list", () => {
    const choices = Array.from({ length: 1_000 }, (_, n) => ({ id: `${n}`, title: "t" }));
    expect(bodyOf("channel.poll.begin", { choices }).choices).toHaveLength(25);
  });
});

describe("is not understood, and says so", () => {
  test.each([
    ["stream.online", {}, "broadcaster_user_id"],
    ["stream.online", null, "event"],
    ["stream.online", { ...broadcaster, id: "x".repeat(101), type: "live", started_at: "" }, "id"],
    ["stream.offline", { ...broadcaster, broadcaster_user_id: "alice" }, "broadcaster_user_id"],
    ["channel.follow", { ...broadcaster, followed_at: STAMP }, "user_id"],
    ["channel.raid", { ...twitchEvents["channel.raid"], viewers: -1 }, "viewers"],
    ["channel.cheer", { ...twitchEvents["channel.cheer"], bits: 1e30 }, "bits"],
    ["channel.chat.notification", notification("raid", { viewer_count: "many" }), "viewer_count"],
    ["__proto__", broadcaster, "never asked"],
    ["channel.telepathy", broadcaster, "never asked"],
  ])("%s with %j", (type, event, problem) => {
    expect(parseEvent(type, event)).toMatchObject({
      is: "unknown",
      problem: expect.stringContaining(problem),
    });
  });
});

describe("whatever JSON comes", () => {
  const anyEvent = (topic: Topic) => {
    const whole = Object.entries(twitchEvents[topic]);
    const broken = fc.dictionary(
      fc.constantFrom(...whole.map(([name]) => name), "__proto__", "extra"),
      fc.oneof(fc.jsonValue(), fc.constantFrom(null, "", "1000", 5, "7", true, {}, [], [{}])),
    );
    return fc.oneof(
      fc.jsonValue(),
      broken,
      broken.map((changes) => ({ ...twitchEvents[topic], ...changes })),
    );
  };
  const typed = fc
    .constantFrom(...topics)
    .chain((topic) => fc.tuple(fc.constant<string>(topic), anyEvent(topic)));

  test("it is understood or refused, and what is understood passes at the worker's door", () => {
    fc.assert(
      fc.property(fc.oneof(typed, fc.tuple(fc.string(), fc.jsonValue())), ([type, event]) => {
        const parsed = parseEvent(type, JSON.parse(JSON.stringify(event)));
        if (parsed.is === "unknown") return;
        const arrived = v.parse(ChannelEventBody, JSON.parse(JSON.stringify(parsed.body)));
        expect(arrived).toEqual(parsed.body);
      }),
      { numRuns: 3_000 },
    );
  });
});
