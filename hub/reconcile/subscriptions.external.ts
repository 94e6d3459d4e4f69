/** Subscriptions as Twitch lists them. Source: dev.twitch.tv, API reference, Get EventSub Subscriptions. */
import * as v from "valibot";

const Text = v.pipe(v.string(), v.maxLength(500));

export const SubscriptionRow = v.object({
  id: Text,
  status: Text,
  type: Text,
  version: Text,
  cost: v.number(),
  condition: v.record(v.string(), v.unknown()),
  transport: v.object({
    method: Text,
    session_id: v.optional(Text),
    conduit_id: v.optional(Text),
  }),
});
export type SubscriptionRow = v.InferOutput<typeof SubscriptionRow>;

export const SubscriptionsBody = v.object({
  data: v.array(v.unknown()),
  total: v.number(),
  total_cost: v.number(),
  max_total_cost: v.number(),
  pagination: v.optional(v.object({ cursor: v.optional(Text) })),
});
