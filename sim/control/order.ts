/**
 * Everything the control API and scenario scripts can tell the simulator to do, as one closed union. Both doors
 * parse into it, so a scenario line and an HTTP call with the same words do the same thing.
 */
import * as v from "valibot";
import { FaultSchema } from "./fault-schema.ts";

export const Login = v.pipe(
  v.string(),
  v.regex(/^\w{1,25}$/, "a login has 1 to 25 letters, digits and underscores"),
);
const Text = v.pipe(v.string(), v.minLength(1, "the text may not be empty"));
const Count = v.pipe(
  v.number(),
  v.integer("a whole number is needed"),
  v.minValue(1, "at least 1 is needed"),
);
const WholeNumber = v.pipe(
  v.number(),
  v.integer("a whole number is needed"),
  v.minValue(0, "0 or more is needed"),
);
const TierNumber = v.optional(v.picklist([1, 2, 3]));
/** A message id, "last", or a login for that person's last line. */
const LineName = v.string();

const channelChange = {
  title: v.optional(v.string()),
  game: v.optional(v.string()),
  language: v.optional(v.string()),
  tags: v.optional(v.array(v.string())),
  viewers: v.optional(WholeNumber),
};

const settings = {
  slowSeconds: v.optional(WholeNumber),
  /** null = off */
  followersOnlyMinutes: v.optional(v.nullable(WholeNumber)),
  emoteOnly: v.optional(v.boolean()),
  uniqueChat: v.optional(v.boolean()),
  subscribersOnly: v.optional(v.boolean()),
};
export const SettingsSchema = v.strictObject(settings);

/** `more` adds the same further keys to every order: a scenario step is an order with a time. */
export function makeOrderSchema<const More extends v.ObjectEntries>(more: More) {
  const inChannel = { channel: Login, ...more };
  return v.variant("do", [
    v.strictObject({
      do: v.literal("chat"),
      user: Login,
      text: Text,
      replyTo: v.optional(LineName),
      bits: v.optional(Count),
      ...inChannel,
    }),
    v.strictObject({ do: v.literal("online"), ...channelChange, ...inChannel }),
    v.strictObject({ do: v.literal("offline"), ...inChannel }),
    v.strictObject({ do: v.literal("update"), ...channelChange, ...inChannel }),
    v.strictObject({ do: v.literal("follow"), user: Login, ...inChannel }),
    v.strictObject({
      do: v.literal("subscribe"),
      user: Login,
      tier: TierNumber,
      months: v.optional(Count),
      text: v.optional(v.string()),
      ...inChannel,
    }),
    v.strictObject({
      do: v.literal("gift"),
      by: v.optional(Login),
      to: v.optional(v.array(Login)),
      count: v.optional(v.pipe(Count, v.maxValue(100, "Twitch sells at most 100 gifts at once"))),
      tier: TierNumber,
      ...inChannel,
    }),
    v.strictObject({
      do: v.literal("cheer"),
      user: v.optional(Login),
      bits: Count,
      text: v.optional(v.string()),
      ...inChannel,
    }),
    v.strictObject({ do: v.literal("raid"), to: Login, viewers: v.optional(Count), ...inChannel }),
    v.strictObject({
      do: v.literal("redeem"),
      user: Login,
      reward: Text,
      cost: v.optional(Count),
      input: v.optional(v.string()),
      ...inChannel,
    }),
    v.strictObject({
      do: v.literal("ban"),
      user: Login,
      by: v.optional(Login),
      reason: v.optional(v.string()),
      ...inChannel,
    }),
    v.strictObject({
      do: v.literal("timeout"),
      user: Login,
      seconds: v.pipe(Count, v.maxValue(1_209_600, "a timeout lasts at most two weeks")),
      by: v.optional(Login),
      reason: v.optional(v.string()),
      ...inChannel,
    }),
    v.strictObject({ do: v.literal("unban"), user: Login, by: v.optional(Login), ...inChannel }),
    v.strictObject({ do: v.literal("delete"), line: LineName, by: v.optional(Login), ...inChannel }),
    v.strictObject({ do: v.literal("clear"), ...inChannel }),
    v.strictObject({
      do: v.literal("moderator"),
      user: Login,
      remove: v.optional(v.boolean()),
      ...inChannel,
    }),
    v.strictObject({ do: v.literal("vip"), user: Login, remove: v.optional(v.boolean()), ...inChannel }),
    v.strictObject({ do: v.literal("settings"), ...settings, ...inChannel }),
    v.strictObject({
      do: v.literal("announce"),
      text: Text,
      color: v.optional(v.picklist(["primary", "blue", "green", "orange", "purple"])),
      by: v.optional(Login),
      ...inChannel,
    }),
    v.strictObject({ do: v.literal("shoutout"), to: Login, by: v.optional(Login), ...inChannel }),
    v.strictObject({ do: v.literal("fault"), fault: FaultSchema, ...more }),
    v.strictObject({
      do: v.literal("clock"),
      speed: v.pipe(v.number(), v.gtValue(0, "the speed must be above 0")),
      ...more,
    }),
  ]);
}

export const OrderSchema = makeOrderSchema({});
export type Order = v.InferOutput<typeof OrderSchema>;

/** The orders that are about one channel: /sim/channels/:login/<do>. */
export const CHANNEL_ORDERS = [
  "online",
  "offline",
  "update",
  "follow",
  "subscribe",
  "gift",
  "cheer",
  "raid",
  "redeem",
  "ban",
  "timeout",
  "unban",
  "delete",
  "clear",
  "moderator",
  "vip",
  "settings",
  "announce",
  "shoutout",
] as const satisfies readonly Order["do"][];
