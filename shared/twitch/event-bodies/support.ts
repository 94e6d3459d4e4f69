/** What viewers and other channels give to a channel. */
import * as v from "valibot";
import { broadcaster, Person, Tier } from "./people.ts";

const shoutout = { ...broadcaster, viewers: v.number(), startedAt: v.string() };

/** Those that chat tells of, too (see `isToldInChat` in topics.ts). */
export const supportToldInChat = [
  v.object({
    topic: v.literal("channel.subscribe"),
    ...broadcaster,
    user: Person,
    tier: Tier,
    /** Somebody gave it to them; that one is told of by channel.subscription.gift. */
    isGift: v.boolean(),
  }),
  v.object({
    topic: v.literal("channel.subscription.message"),
    ...broadcaster,
    user: Person,
    tier: Tier,
    /** All months together. */
    months: v.number(),
    /** In a row, when they want it shown. */
    streakMonths: v.optional(v.number()),
    text: v.string(),
  }),
  v.object({
    topic: v.literal("channel.subscription.gift"),
    ...broadcaster,
    /** Left out: anonymous. */
    user: v.optional(Person),
    tier: Tier,
    total: v.number(),
    /** All their gifts in this channel, when they want it shown. */
    cumulativeTotal: v.optional(v.number()),
  }),
  v.object({
    topic: v.literal("channel.cheer"),
    ...broadcaster,
    /** Left out: anonymous. */
    user: v.optional(Person),
    bits: v.number(),
    text: v.string(),
  }),
  v.object({
    topic: v.literal("channel.raid"),
    ...broadcaster,
    from: Person,
    viewers: v.number(),
  }),
] as const;

export const supportBodies = [
  v.object({ topic: v.literal("channel.follow"), ...broadcaster, user: Person, followedAt: v.string() }),
  ...supportToldInChat,
  v.object({
    topic: v.literal("channel.subscription.end"),
    ...broadcaster,
    user: Person,
    tier: Tier,
    isGift: v.boolean(),
  }),
  v.object({
    topic: v.literal("channel.shoutout.create"),
    ...shoutout,
    moderator: Person,
    to: Person,
  }),
  v.object({ topic: v.literal("channel.shoutout.receive"), ...shoutout, from: Person }),
] as const;
