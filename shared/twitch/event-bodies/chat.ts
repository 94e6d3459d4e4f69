/** Chat as EventSub tells it. */
import * as v from "valibot";
import { ChannelId } from "../../ids.ts";
import { broadcaster, Person } from "./people.ts";
import { supportToldInChat } from "./support.ts";

export const chatBodies = [
  v.object({
    topic: v.literal("channel.chat.message"),
    ...broadcaster,
    messageId: v.string(),
    user: Person,
    text: v.string(),
    /** Said with /me. */
    isAction: v.boolean(),
    /** "subscriber/12", as IRC writes them. */
    badges: v.array(v.string()),
    color: v.optional(v.string()),
    /** "text", "channel_points_highlighted", "user_intro"… */
    messageType: v.string(),
    bits: v.optional(v.number()),
    rewardId: v.optional(v.string()),
    replyTo: v.optional(v.object({ messageId: v.string(), user: v.optional(Person) })),
    /** Shared Chat carried it over from this channel. */
    sourceChannelId: v.optional(ChannelId),
  }),
  v.object({
    topic: v.literal("channel.chat.notification"),
    ...broadcaster,
    messageId: v.string(),
    /** "sub", "raid", "announcement"… */
    kind: v.string(),
    /** Left out: anonymous. */
    user: v.optional(Person),
    /** What Twitch shows above the text. */
    systemText: v.string(),
    text: v.string(),
    sourceChannelId: v.optional(ChannelId),
    /** The same in the words of the topics that tell it, too. */
    tells: v.array(v.variant("topic", [...supportToldInChat])),
  }),
  v.object({ topic: v.literal("channel.chat.clear"), ...broadcaster }),
  v.object({ topic: v.literal("channel.chat.clear_user_messages"), ...broadcaster, user: Person }),
  v.object({
    topic: v.literal("channel.chat.message_delete"),
    ...broadcaster,
    user: Person,
    messageId: v.string(),
  }),
] as const;
