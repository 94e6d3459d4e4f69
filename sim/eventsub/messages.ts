/** The five messages EventSub sends over a WebSocket (docs/eventsub/websocket-reference). Pure. */
import type { World } from "../world/world.ts";
import { type Subscription, toMessageSubscription } from "./subscription.ts";
import { toNanoTimestamp } from "./timestamp.ts";

interface SessionLook {
  readonly id: string;
  readonly connectedAt: number;
  readonly keepaliveSeconds: number;
}

export function toWelcome(world: World, session: SessionLook): object {
  return {
    metadata: toMetadata(world, "session_welcome"),
    payload: {
      session: toSession(session, "connected", { keepalive: session.keepaliveSeconds, reconnectUrl: null }),
    },
  };
}

export function toKeepalive(world: World): object {
  return { metadata: toMetadata(world, "session_keepalive"), payload: {} };
}

export function toReconnect(world: World, session: SessionLook, reconnectUrl: string): object {
  return {
    metadata: toMetadata(world, "session_reconnect"),
    payload: { session: toSession(session, "reconnecting", { keepalive: null, reconnectUrl }) },
  };
}

export function toNotification(
  world: World,
  subscription: Subscription,
  event: object,
  messageId: string,
): object {
  return {
    metadata: { ...toMetadata(world, "notification", messageId), ...toTypeMetadata(subscription) },
    payload: { subscription: toMessageSubscription(world, subscription), event },
  };
}

export function toRevocation(world: World, subscription: Subscription): object {
  return {
    metadata: { ...toMetadata(world, "revocation"), ...toTypeMetadata(subscription) },
    payload: { subscription: toMessageSubscription(world, subscription) },
  };
}

function toMetadata(world: World, type: string, id = world.random.uuid()) {
  return { message_id: id, message_type: type, message_timestamp: toNanoTimestamp(world.clock.now()) };
}

function toTypeMetadata({ type }: Subscription) {
  return { subscription_type: type.type, subscription_version: type.version };
}

function toSession(
  session: SessionLook,
  status: "connected" | "reconnecting",
  using: { readonly keepalive: number | null; readonly reconnectUrl: string | null },
) {
  return {
    id: session.id,
    status,
    connected_at: toNanoTimestamp(session.connectedAt),
    keepalive_timeout_seconds: using.keepalive,
    reconnect_url: using.reconnectUrl,
    recovery_url: null,
  };
}
