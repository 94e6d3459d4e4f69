/** The events a worker's modules can hear, one member per topic; the hub parses Twitch's bodies into these. */
import * as v from "valibot";

const Name = v.pipe(v.string(), v.maxLength(200));
const broadcaster = { broadcasterLogin: Name, broadcasterName: Name };

export const StreamEventBody = v.variant("topic", [
  v.object({
    topic: v.literal("stream.online"),
    ...broadcaster,
    streamId: Name,
    startedAt: Name,
    /** "live", "playlist", "watch_party", "premiere", "rerun" */
    streamType: Name,
  }),
  v.object({ topic: v.literal("stream.offline"), ...broadcaster }),
  v.object({
    topic: v.literal("channel.update"),
    ...broadcaster,
    title: v.string(),
    language: Name,
    categoryId: Name,
    categoryName: Name,
  }),
]);
export type StreamEventBody = v.InferOutput<typeof StreamEventBody>;
