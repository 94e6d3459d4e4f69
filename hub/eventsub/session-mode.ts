import type { Millis } from "../../shared/clock.ts";
import type { EventSubSocket } from "./socket.ts";

interface Live {
  readonly socket: EventSubSocket;
  readonly sessionId: string;
  readonly since: Millis;
  readonly keepaliveSeconds: number;
}

export type Mode =
  | { readonly is: "idle" }
  | { readonly is: "resting" }
  /** `wasLive`: the session that this connection was to carry on when its own ended. */
  | { readonly is: "welcoming"; readonly socket: EventSubSocket; readonly wasLive?: Live }
  | ({ readonly is: "live" } & Live)
  | ({ readonly is: "moving"; readonly next: EventSubSocket } & Live)
  | { readonly is: "stopped" };

/** The session whose end is a loss: also while the next connection may still carry it on. */
export function liveOf(mode: Mode): Live | undefined {
  if (mode.is === "live" || mode.is === "moving") return mode;
  return mode.is === "welcoming" ? mode.wasLive : undefined;
}

/** The session that subscriptions can be made on now. */
export const sessionIdOf = (mode: Mode): string | undefined =>
  mode.is === "live" || mode.is === "moving" ? mode.sessionId : undefined;

export function discardSockets(mode: Mode): void {
  if (mode.is === "moving") mode.next.discard();
  if ("socket" in mode) mode.socket.discard();
}
