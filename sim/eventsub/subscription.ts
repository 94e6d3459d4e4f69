/** One EventSub subscription, and how Twitch shows it in its three places: the list, the 202 and each message. */
import type { World } from "../world/world.ts";
import { authorizingField, type SubscriptionType } from "./subscription-types.ts";
import { toNanoTimestamp } from "./timestamp.ts";

/** Why a subscription or shard is no longer served; `enabled` is the only good one. */
export const SUBSCRIPTION_STATUSES = [
  "enabled",
  "authorization_revoked",
  "moderator_removed",
  "user_removed",
  "version_removed",
  "beta_maintenance",
  "chat_user_banned",
  "conduit_deleted",
  "websocket_disconnected",
  "websocket_failed_ping_pong",
  "websocket_received_inbound_traffic",
  "websocket_connection_unused",
  "websocket_internal_error",
  "websocket_network_timeout",
  "websocket_network_error",
  "websocket_failed_to_reconnect",
] as const;
export type SubscriptionStatus = (typeof SUBSCRIPTION_STATUSES)[number];

export type Condition = Readonly<Record<string, string>>;

export type Transport =
  | { readonly method: "websocket"; readonly sessionId: string; readonly connectedAt: number }
  | { readonly method: "conduit"; readonly conduitId: string };

export interface Subscription {
  readonly id: string;
  /** Counts up; pages are cut by it, so that deleting while paging skips nothing. */
  readonly number: number;
  readonly type: SubscriptionType;
  readonly condition: Condition;
  /** `toLikenessKey` of the two above. */
  readonly likeness: string;
  readonly transport: Transport;
  readonly clientId: string;
  /** Whose token made it; undefined = an app token. */
  readonly userId: string | undefined;
  readonly createdAt: number;
  status: SubscriptionStatus;
  endedAt: number | undefined;
}

const COSTLY_FIELDS = [
  "broadcaster_user_id",
  "to_broadcaster_user_id",
  "from_broadcaster_user_id",
  "user_id",
];

/**
 * 0 when the type takes a user's permission, or when the user it is about gave the application any; else 1. Asked
 * anew each time: a user who authorises the application later makes the subscription free (docs/eventsub/manage-subscriptions).
 */
export function costOf(world: World, one: Pick<Subscription, "type" | "condition" | "clientId">): 0 | 1 {
  if (one.type.authorization.of === "application" || authorizingField(one.type) !== undefined) return 0;
  const about = COSTLY_FIELDS.map((field) => one.condition[field]).find((id) => id !== undefined);
  return about !== undefined && world.hasGranted(one.clientId, about) ? 0 : 1;
}

export function totalCostOf(world: World, subscriptions: readonly Subscription[]): number {
  let total = 0;
  for (const one of subscriptions) if (one.status === "enabled") total += costOf(world, one);
  return total;
}

export function toSubscriptionBody(world: World, one: Subscription): object {
  return { ...toBareBody(world, one), transport: toListedTransport(one) };
}

/** Inside a message the transport is named, but says nothing of its connection. */
export function toMessageSubscription(world: World, one: Subscription): object {
  return {
    ...toBareBody(world, one),
    transport:
      one.transport.method === "websocket"
        ? { method: "websocket", session_id: one.transport.sessionId }
        : { method: "conduit", conduit_id: one.transport.conduitId },
  };
}

function toBareBody(world: World, one: Subscription) {
  return {
    id: one.id,
    status: one.status,
    type: one.type.type,
    version: one.type.version,
    condition: one.condition,
    created_at: toNanoTimestamp(one.createdAt),
    cost: costOf(world, one),
  };
}

function toListedTransport(one: Subscription): object {
  if (one.transport.method === "conduit") return { method: "conduit", conduit_id: one.transport.conduitId };
  return {
    method: "websocket",
    session_id: one.transport.sessionId,
    connected_at: toNanoTimestamp(one.transport.connectedAt),
    ...(one.endedAt === undefined ? {} : { disconnected_at: toNanoTimestamp(one.endedAt) }),
  };
}

/** Same type, version and condition, whatever order the fields came in; empty fields count as not given. */
export function toLikenessKey(type: SubscriptionType, condition: Condition): string {
  const fields = Object.entries(condition)
    .filter(([, value]) => value !== "")
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([type.type, type.version, fields]);
}
