/** EventSub's WebSocket frames as Twitch decided them. Source: dev.twitch.tv, EventSub WebSocket reference. */
import * as v from "valibot";

const Text = v.pipe(v.string(), v.maxLength(2_000));

export const FrameMetadata = v.object({ message_id: Text, message_type: Text, message_timestamp: Text });

export const SessionPayload = v.object({
  session: v.object({
    id: Text,
    keepalive_timeout_seconds: v.optional(v.nullable(v.pipe(v.number(), v.minValue(1)))),
    reconnect_url: v.optional(v.nullable(Text)),
  }),
});

const Subscription = v.object({
  id: Text,
  type: Text,
  status: Text,
  condition: v.record(v.string(), v.unknown()),
});
export const NotificationPayload = v.object({
  subscription: Subscription,
  event: v.record(v.string(), v.unknown()),
});
export const RevocationPayload = v.object({ subscription: Subscription });

export const FRAME_BYTES_MAX = 1024 * 1024;
