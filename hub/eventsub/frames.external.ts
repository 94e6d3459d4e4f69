/** EventSub's WebSocket frames as Twitch decided them. Source: dev.twitch.tv, EventSub WebSocket reference. */
import * as v from "valibot";
import { AnyFields } from "../../shared/twitch/parse/fields.external.ts";

const TEXT_MAX = 2_000;
const Text = v.pipe(v.string(), v.maxLength(TEXT_MAX));
/** What `Text` says, for where frames come in masses. */
export const isText = (value: unknown): value is string =>
  typeof value === "string" && value.length <= TEXT_MAX;

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
  condition: AnyFields,
});
/** So many events in one frame are more than Twitch ever batched. */
const BATCH_MAX = 1_000;
export const NotificationPayload = v.union([
  v.object({ subscription: Subscription, event: AnyFields }),
  v.object({
    subscription: Subscription,
    events: v.pipe(v.array(v.object({ data: AnyFields })), v.maxLength(BATCH_MAX)),
  }),
]);
export const RevocationPayload = v.object({ subscription: Subscription });

export const FRAME_BYTES_MAX = 1024 * 1024;
