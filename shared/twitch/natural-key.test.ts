import * as v from "valibot";
import { describe, expect, test } from "vitest";
import { ChannelId, UserId } from "../ids.ts";
import type { ChannelEventBody } from "./channel-event.ts";
import { naturalKeyOf, stateTold } from "./natural-key.ts";
import { topics } from "./topics.ts";

const channelId = v.parse(ChannelId, "100");
const names = { broadcasterLogin: "alice", broadcasterName: "Alice" };
const person = (id: string) => ({ id: v.parse(UserId, id), login: `user${id}`, name: `User ${id}` });
const carol = person("7");
const poll = { ...names, pollId: "p", title: "?", choices: [], startedAt: "s" };
const prediction = { ...names, predictionId: "q", title: "?", outcomes: [], startedAt: "s" };
const train = {
  ...names,
  trainId: "t",
  level: 1,
  total: 10,
  isShared: false,
  topContributions: [],
  startedAt: "s",
};
const moving = { ...train, progress: 1, goal: 2, expiresAt: "e" };
const shoutout = { ...names, viewers: 3, startedAt: "s" };

/** [an event, what may differ though it is the same one, what makes it another]; undefined: every one is new. */
type Row = readonly [body: ChannelEventBody, same: object | undefined, other?: object];
const rows: readonly Row[] = [
  [
    { topic: "stream.online", ...names, streamId: "s1", startedAt: "", streamType: "live" },
    { startedAt: "other" },
    { streamId: "s2" },
  ],
  [{ topic: "stream.offline", ...names }, { broadcasterName: "ALICE" }, { topic: "channel.chat.clear" }],
  [
    { topic: "channel.update", ...names, title: "A", language: "en", categoryId: "1", categoryName: "C" },
    { categoryName: "c" },
    { title: "B" },
  ],
  [
    { topic: "channel.follow", ...names, user: carol, followedAt: "2026-01-01T00:00:05.171067130Z" },
    { user: { ...carol, name: "CAROL" }, followedAt: "2026-01-01T00:00:05Z" },
    { followedAt: "2026-01-01T00:00:06Z" },
  ],
  [
    { topic: "channel.subscribe", ...names, user: carol, tier: "1000", isGift: false },
    { broadcasterName: "x" },
    { user: person("8") },
  ],
  [
    { topic: "channel.subscription.end", ...names, user: carol, tier: "1000", isGift: false },
    { broadcasterName: "x" },
    { tier: "2000" },
  ],
  [
    { topic: "channel.subscription.message", ...names, user: carol, tier: "1000", months: 3, text: "hi" },
    { text: "ho" },
    { months: 4 },
  ],
  [
    {
      topic: "channel.subscription.gift",
      ...names,
      user: carol,
      tier: "1000",
      total: 1,
      cumulativeTotal: 9,
    },
    { broadcasterName: "x" },
    { cumulativeTotal: 10 },
  ],
  [{ topic: "channel.subscription.gift", ...names, user: carol, tier: "1000", total: 1 }, undefined],
  [{ topic: "channel.cheer", ...names, user: carol, bits: 1, text: "" }, undefined],
  [{ topic: "channel.raid", ...names, from: carol, viewers: 5 }, { broadcasterName: "x" }, { viewers: 6 }],
  [
    {
      topic: "channel.channel_points_custom_reward_redemption.add",
      ...names,
      redemptionId: "r1",
      user: carol,
      reward: { id: "w", title: "Water", cost: 1 },
      input: "",
      status: "unfulfilled",
      redeemedAt: "",
    },
    { status: "fulfilled" },
    { redemptionId: "r2" },
  ],
  [
    { topic: "channel.shoutout.create", ...shoutout, moderator: carol, to: carol },
    { viewers: 4 },
    { startedAt: "later" },
  ],
  [{ topic: "channel.shoutout.receive", ...shoutout, from: carol }, { viewers: 4 }, { from: person("8") }],
  [
    { topic: "channel.ad_break.begin", ...names, durationSeconds: 60, isAutomatic: true, startedAt: "s" },
    { isAutomatic: false },
    { startedAt: "later" },
  ],
  [{ topic: "channel.poll.begin", ...poll, endsAt: "e" }, { endsAt: "f" }, { pollId: "p2" }],
  [
    {
      topic: "channel.poll.progress",
      ...poll,
      choices: [{ id: "c", title: "C", votes: 1 }],
      endsAt: "e",
    },
    { endsAt: "f" },
    { choices: [{ id: "c", title: "C", votes: 2 }] },
  ],
  [
    { topic: "channel.poll.end", ...poll, status: "completed", endedAt: "e" },
    { status: "archived" },
    { pollId: "p2" },
  ],
  [
    { topic: "channel.prediction.begin", ...prediction, locksAt: "l" },
    { locksAt: "m" },
    { predictionId: "q2" },
  ],
  [
    {
      topic: "channel.prediction.progress",
      ...prediction,
      outcomes: [{ id: "o", title: "O", users: 1, points: 5 }],
      locksAt: "l",
    },
    { locksAt: "m" },
    { outcomes: [{ id: "o", title: "O", users: 1, points: 6 }] },
  ],
  [
    { topic: "channel.prediction.lock", ...prediction, lockedAt: "l" },
    { lockedAt: "m" },
    { predictionId: "q2" },
  ],
  [
    { topic: "channel.prediction.end", ...prediction, status: "resolved", endedAt: "e" },
    { endedAt: "f" },
    { predictionId: "q2" },
  ],
  [{ topic: "channel.hype_train.begin", ...moving }, { total: 11 }, { trainId: "t2" }],
  [{ topic: "channel.hype_train.progress", ...moving }, { expiresAt: "f" }, { total: 11 }],
  [{ topic: "channel.hype_train.end", ...train, endedAt: "e" }, { total: 11 }, { trainId: "t2" }],
  [
    { topic: "channel.moderator.add", ...names, user: carol },
    { broadcasterName: "x" },
    { user: person("8") },
  ],
  [
    { topic: "channel.moderator.remove", ...names, user: carol },
    { broadcasterName: "x" },
    { topic: "channel.moderator.add" },
  ],
  [
    {
      topic: "channel.chat.message",
      ...names,
      messageId: "m1",
      user: carol,
      text: "",
      isAction: false,
      badges: [],
      messageType: "text",
    },
    { text: "edited" },
    { messageId: "m2" },
  ],
  [
    {
      topic: "channel.chat.notification",
      ...names,
      messageId: "m1",
      kind: "raid",
      systemText: "",
      text: "",
      tells: [],
    },
    { systemText: "x" },
    { messageId: "m2" },
  ],
  [
    { topic: "channel.chat.message_delete", ...names, user: carol, messageId: "m1" },
    { broadcasterName: "x" },
    { messageId: "m2" },
  ],
  [{ topic: "channel.chat.clear", ...names }, undefined],
  [{ topic: "channel.chat.clear_user_messages", ...names, user: carol }, undefined],
];

const keyOf = (body: object) => naturalKeyOf(channelId, body as ChannelEventBody);

describe("the natural key", () => {
  test.each(rows.map((row) => ({ topic: row[0].topic, row })))("$topic", ({ row: [body, same, other] }) => {
    if (same === undefined) return expect(keyOf(body)).toBeUndefined();
    expect(keyOf(body)).toBeTypeOf("string");
    expect(keyOf({ ...body, ...same })).toBe(keyOf(body));
    expect(keyOf({ ...body, ...other })).not.toBe(keyOf(body));
    expect(naturalKeyOf(v.parse(ChannelId, "200"), body)).not.toBe(keyOf(body));
  });

  test("every topic has its row here", () => {
    expect(new Set(rows.map(([{ topic }]) => topic))).toEqual(new Set(topics));
  });

  test("no two topics share a key", () => {
    const keys = rows.flatMap(([body]) => keyOf(body) ?? []);
    expect(new Set(keys).size).toBe(keys.length);
  });
});

test("only what can come back to what it was tells a state", () => {
  const told = rows.flatMap(([body]) => (stateTold(body) === undefined ? [] : [body.topic]));
  expect(told).toEqual([
    "stream.online",
    "stream.offline",
    "channel.update",
    "channel.moderator.add",
    "channel.moderator.remove",
  ]);
});
