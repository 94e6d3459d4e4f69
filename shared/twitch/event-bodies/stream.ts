/** The stream and the channel as such. */
import * as v from "valibot";
import { broadcaster, Person } from "./people.ts";

export const streamBodies = [
  v.object({
    topic: v.literal("stream.online"),
    ...broadcaster,
    streamId: v.string(),
    startedAt: v.string(),
    /** "live", "playlist", "watch_party", "premiere", "rerun" */
    streamType: v.string(),
  }),
  v.object({ topic: v.literal("stream.offline"), ...broadcaster }),
  v.object({
    topic: v.literal("channel.update"),
    ...broadcaster,
    title: v.string(),
    language: v.string(),
    categoryId: v.string(),
    categoryName: v.string(),
  }),
  v.object({
    topic: v.literal("channel.ad_break.begin"),
    ...broadcaster,
    durationSeconds: v.number(),
    isAutomatic: v.boolean(),
    startedAt: v.string(),
    /** Of an automatic one: the broadcaster. */
    requester: v.optional(Person),
  }),
  v.object({ topic: v.literal("channel.moderator.add"), ...broadcaster, user: Person }),
  v.object({ topic: v.literal("channel.moderator.remove"), ...broadcaster, user: Person }),
] as const;
