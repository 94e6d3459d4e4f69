/**
 * Fault switches: what the control API and scenarios may break. Each door asks before it acts; a fault that is
 * off costs nothing. Faults change what the simulated network or Twitch does, never which rules are enforced.
 */
export type FaultPlace = "irc" | "eventsub" | "helix" | "id";

export type Fault =
  /** Close every connection of this place at once (with a WebSocket close code, or none = cut without a close). */
  | { readonly do: "cut"; readonly place: "irc" | "eventsub"; readonly code?: number }
  /** Refuse or accept-then-close new connections while on. */
  | { readonly do: "refuse" | "accept-then-close"; readonly place: "irc" | "eventsub"; readonly on: boolean }
  /** Say nothing any more (no keepalive, no PONG, no events) while on. */
  | { readonly do: "mute"; readonly place: "irc" | "eventsub"; readonly on: boolean }
  /** Hold back each outgoing message or answer by this long; 0 = off. */
  | { readonly do: "delay"; readonly place: FaultPlace; readonly ms: number }
  /** Lose this share (0 to 1) of outgoing messages. */
  | { readonly do: "drop"; readonly place: "irc" | "eventsub"; readonly share: number }
  /** Send one broken frame to every connection. */
  | {
      readonly do: "garble";
      readonly place: "irc" | "eventsub";
      readonly with: "not-json" | "unknown-type" | "huge" | "binary";
    }
  /** Deliver the next `count` notifications (or all = Infinity) this many times; `newId` repeats under a new message id. */
  | {
      readonly do: "duplicate";
      readonly place: "eventsub";
      readonly times: number;
      readonly count: number;
      readonly newId: boolean;
    }
  /** No welcome after the handshake while on. */
  | { readonly do: "no-welcome"; readonly place: "eventsub"; readonly on: boolean }
  /** Answer the next `count` requests whose path contains `path` with this status; `isBare` = without Helix's Ratelimit headers. 0 ends what was said of this path before. */
  | {
      readonly do: "answer";
      readonly place: "helix" | "id";
      readonly status: number;
      readonly path: string;
      readonly count: number;
      readonly isBare?: boolean;
    }
  /** Never answer the next `count` requests; 0 as above. */
  | { readonly do: "hang"; readonly place: "helix" | "id"; readonly path: string; readonly count: number }
  | { readonly do: "send-reconnect"; readonly place: "irc" | "eventsub" }
  | { readonly do: "expire-token"; readonly user: string }
  /** The application's own tokens. */
  | { readonly do: "expire-app-token"; readonly clientId: string }
  | { readonly do: "revoke-authorization"; readonly user: string; readonly clientId: string }
  | { readonly do: "revoke-subscription"; readonly subscriptionId: string; readonly status: string };
