/** What the cli asks a worker that runs alone: how it is, and nothing else. */
import * as v from "valibot";
import { Login } from "../ids.ts";
import { Topic } from "../twitch/topics.ts";
import { Count, RequestId } from "./control-words.ts";
import { Counters, Trouble, Wait } from "./supervisor-child.ts";

export const CliToLone = v.object({
  kind: v.literal("request"),
  id: RequestId,
  order: v.object({ do: v.literal("status") }),
});
export type CliToLone = v.InferOutput<typeof CliToLone>;

export const LoneEvents = v.object({
  /** The last that came, by EventSub or by asking Twitch. */
  last: v.optional(v.object({ topic: Topic, agoMs: v.number() })),
  /** When Twitch was last asked what EventSub did not bring. */
  lastLookAgoMs: v.optional(v.number()),
  /** Why it could not be asked. */
  problem: v.optional(v.string()),
  recovered: Count,
});
export type LoneEvents = v.InferOutput<typeof LoneEvents>;

export const LoneStatus = v.object({
  channel: Login,
  pid: Count,
  uptimeMs: v.number(),
  isReady: v.boolean(),
  counters: Counters,
  /** undefined: switched off. */
  events: v.optional(LoneEvents),
  waits: v.array(v.omit(Wait, ["forMs"])),
  troubles: v.array(Trouble),
});
export type LoneStatus = v.InferOutput<typeof LoneStatus>;

export const LoneToCli = v.object({ kind: v.literal("lone-status"), id: RequestId, status: LoneStatus });
export type LoneToCli = v.InferOutput<typeof LoneToCli>;
