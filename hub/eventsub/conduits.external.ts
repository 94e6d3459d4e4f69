/** Conduits as Twitch decided them. Source: dev.twitch.tv, Handling Conduit Events, and the API reference. */
import * as v from "valibot";

const Text = v.pipe(v.string(), v.maxLength(500));

export const Conduit = v.object({ id: Text, shard_count: v.number() });
export const ConduitsBody = v.object({ data: v.array(Conduit) });

export const Shard = v.object({
  id: Text,
  status: Text,
  transport: v.object({ method: Text, session_id: v.optional(Text) }),
});
export const ShardsBody = v.object({
  data: v.array(Shard),
  pagination: v.optional(v.object({ cursor: v.optional(Text) })),
});
export const ShardUpdateBody = v.object({
  data: v.array(Shard),
  errors: v.optional(v.array(v.object({ id: Text, message: Text }))),
});

/** The body of a conduit.shard.disabled event. */
export const ShardDisabled = v.object({ conduit_id: Text, shard_id: Text, status: Text });
export const SHARD_DISABLED = "conduit.shard.disabled";
