/**
 * The events a worker's modules can hear, one member per topic: the hub parses Twitch's bodies into these, and a
 * worker makes some of them from what chat tells.
 */
import type * as v from "valibot";
import { quickVariant } from "../quick-variant.ts";
import { chatBodies } from "./event-bodies/chat.ts";
import { gameBodies } from "./event-bodies/games.ts";
import { streamBodies } from "./event-bodies/stream.ts";
import { supportBodies } from "./event-bodies/support.ts";
import type { Topic } from "./topics.ts";

export const ChannelEventBody = quickVariant("topic", [
  ...chatBodies,
  ...supportBodies,
  ...streamBodies,
  ...gameBodies,
]);
export type ChannelEventBody = v.InferOutput<typeof ChannelEventBody>;
export type BodyOf<T extends Topic> = Extract<ChannelEventBody, { topic: T }>;
