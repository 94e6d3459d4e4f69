/** Why the server closes a socket: code and words (docs/eventsub/handling-websocket-events/#close-message), and the status its subscriptions get. */
import type { SubscriptionStatus } from "./subscription.ts";

export interface Closing {
  readonly code: number;
  readonly reason: string;
  readonly status: SubscriptionStatus;
}

export const CLOSINGS = {
  "internal-error": { code: 4000, reason: "internal server error", status: "websocket_internal_error" },
  "inbound-traffic": {
    code: 4001,
    reason: "client sent inbound traffic",
    status: "websocket_received_inbound_traffic",
  },
  "failed-ping-pong": { code: 4002, reason: "client failed ping-pong", status: "websocket_failed_ping_pong" },
  unused: { code: 4003, reason: "connection unused", status: "websocket_connection_unused" },
  "reconnect-expired": {
    code: 4004,
    reason: "reconnect grace time expired",
    status: "websocket_failed_to_reconnect",
  },
  "network-timeout": { code: 4005, reason: "network timeout", status: "websocket_network_timeout" },
  "network-error": { code: 4006, reason: "network error", status: "websocket_network_error" },
  "invalid-reconnect": { code: 4007, reason: "invalid reconnect", status: "websocket_disconnected" },
} as const satisfies Readonly<Record<string, Closing>>;

/** A fault may ask for any code; unknown ones look like Twitch's fault. */
export function toClosing(code: number): Closing {
  const known = Object.values(CLOSINGS).find((one) => one.code === code);
  return known ?? { code, reason: "", status: "websocket_internal_error" };
}

/** The codes a close frame may carry (RFC 6455, 7.4); the rest can only be shown by cutting the line. */
export function isClosingCode(code: number): boolean {
  if (!Number.isInteger(code)) return false;
  return (
    (code >= 3000 && code <= 4999) || (code >= 1000 && code <= 1014 && ![1004, 1005, 1006].includes(code))
  );
}
