/**
 * One EventSub session: what a `session_id` stands for. It outlives a socket only through `session_reconnect`,
 * which moves it, subscriptions and all, to the client's next one.
 *
 * - `unused`: welcomed, nothing subscribed yet. Closed with 4003 when that lasts.
 * - `live`: somebody's subscriptions or shards are on it.
 * - `moving`: told to reconnect; still delivers on the old socket. Closed with 4004 when the client does not come.
 * - `lost`: the line was cut; Twitch has not noticed yet, so what is sent goes nowhere and still counts.
 * - `over`: nothing is left of it. Its end was told, once.
 */
import type { WebSocket } from "ws";
import type { FaultDesk } from "../fault-desk.ts";
import type { Fault } from "../faults.ts";
import type { World } from "../world/world.ts";
import { CLOSINGS, type Closing } from "./closings.ts";
import { type Connection, openConnection } from "./connection.ts";
import { toKeepalive, toReconnect, toWelcome } from "./messages.ts";
import type { SubscriptionStatus } from "./subscription.ts";

/** docs/eventsub/handling-websocket-events/#reconnect-message */
export const RECONNECT_WITHIN_MS = 30_000;
/** Clients close the old socket themselves after the new welcome; this is for those who do not. */
export const OLD_SOCKET_LINGERS_MS = 1_000;
/** A line that is cut shows only when a ping stays unanswered. */
export const LOSS_NOTICED_AFTER_MS = 10_000;

export type SessionMode = "unused" | "live" | "moving" | "lost" | "over";

const NEXT_MODES: Readonly<Record<SessionMode, readonly SessionMode[]>> = {
  unused: ["live", "moving", "lost", "over"],
  live: ["moving", "lost", "over"],
  moving: ["unused", "live", "lost", "over"],
  lost: ["over"],
  over: [],
};

export interface SessionOwner {
  readonly clientId: string;
  /** Undefined = a conduit's shard is bound to it. */
  readonly userId: string | undefined;
}

export interface Session {
  readonly id: string;
  readonly connectedAt: number;
  readonly keepaliveSeconds: number;
  mode(): SessionMode;
  owner(): SessionOwner | undefined;
  /** The first subscription or shard: from now on it is used, and theirs. */
  claim(owner: SessionOwner): void;
  send(message: object): void;
  garble(how: Extract<Fault, { do: "garble" }>["with"]): void;
  askToReconnect(): void;
  /** Goes on with this socket if it comes with the challenge of the reconnect_url, which is good once. */
  tryMove(socket: WebSocket, challenge: string): boolean;
  close(closing: Closing): void;
  /** The network between is gone. */
  lose(): void;
}

export interface SessionParts {
  readonly socket: WebSocket;
  readonly id: string;
  readonly keepaliveSeconds: number;
  readonly world: World;
  readonly faults: FaultDesk;
  readonly pongWithinRealMs: number;
  readonly toReconnectUrl: (id: string, challenge: string) => string;
  readonly onOver: (status: SubscriptionStatus) => void;
  readonly log: (line: string) => void;
}

export function openSession(using: SessionParts): Session {
  const { id, world, keepaliveSeconds } = using;
  const { clock, random } = world;
  const connectedAt = clock.now();
  const look = { id, connectedAt, keepaliveSeconds };
  let mode: SessionMode = "unused";
  let owner: SessionOwner | undefined;
  let challenge: string | undefined;
  let connection: Connection;
  let cancelKeepalive = () => {};
  let cancelMoveDeadline = () => {};
  let cancelUnusedDeadline = () => {};

  const setMode = (next: SessionMode, because: string) => {
    if (!NEXT_MODES[mode].includes(next)) throw new Error(`session ${id} cannot go from ${mode} to ${next}`);
    using.log(`eventsub session ${id}: ${mode} → ${next}, ${because}`);
    mode = next;
  };
  const send = (message: object) => {
    if (mode === "over" || mode === "lost") return;
    connection.send(message);
    cancelKeepalive();
    cancelKeepalive = clock.after(keepaliveSeconds * 1000, () => send(toKeepalive(world)));
  };
  const stopTimers = () => {
    cancelKeepalive();
    cancelMoveDeadline();
    cancelUnusedDeadline();
  };
  const finish = (status: SubscriptionStatus, because: string) => {
    if (mode === "over") return;
    setMode("over", because);
    stopTimers();
    using.onOver(status);
  };
  const close = (closing: Closing) => {
    if (mode === "over") return;
    finish(closing.status, `closed with ${closing.code}`);
    connection.close(closing.code, closing.reason);
  };
  const attach = (socket: WebSocket): Connection => {
    const own: Connection = openConnection({
      socket,
      world,
      faults: using.faults,
      pongWithinRealMs: using.pongWithinRealMs,
      events: {
        onMessage: () =>
          own === connection
            ? close(CLOSINGS["inbound-traffic"])
            : own.close(4001, CLOSINGS["inbound-traffic"].reason),
        onDeaf: () => (own === connection ? close(CLOSINGS["failed-ping-pong"]) : own.cut()),
        // The socket of a session that moved on, or was cut on purpose, is nobody's business any more.
        onClosed: () =>
          own === connection && mode !== "lost" && finish("websocket_disconnected", "the client left"),
      },
    });
    return own;
  };

  connection = attach(using.socket);
  send(toWelcome(world, look));
  // "For a welcome message, this is the number of seconds that you have to subscribe" (websocket-reference).
  cancelUnusedDeadline = clock.after(keepaliveSeconds * 1000, () => close(CLOSINGS.unused));

  return {
    ...look,
    mode: () => mode,
    owner: () => owner,
    claim(by) {
      owner ??= by;
      cancelUnusedDeadline();
      if (mode === "unused") setMode("live", "it is used");
    },
    send,
    garble: (how) => connection.garble(how),
    askToReconnect() {
      if (mode !== "unused" && mode !== "live") return;
      challenge = random.uuid();
      setMode("moving", "asked to reconnect");
      cancelMoveDeadline = clock.after(RECONNECT_WITHIN_MS, () => close(CLOSINGS["reconnect-expired"]));
      send(toReconnect(world, look, using.toReconnectUrl(id, challenge)));
    },
    tryMove(socket, given) {
      if (mode !== "moving" || given !== challenge) return false;
      challenge = undefined;
      cancelMoveDeadline();
      const old = connection;
      connection = attach(socket);
      setMode(owner ? "live" : "unused", "the client came back");
      send(toWelcome(world, look));
      clock.after(OLD_SOCKET_LINGERS_MS, () =>
        old.close(CLOSINGS["reconnect-expired"].code, CLOSINGS["reconnect-expired"].reason),
      );
      return true;
    },
    close,
    lose() {
      if (mode === "over" || mode === "lost") return;
      setMode("lost", "the line was cut");
      stopTimers();
      connection.cut();
      const { status } = CLOSINGS["network-timeout"];
      cancelMoveDeadline = clock.after(LOSS_NOTICED_AFTER_MS, () => finish(status, "the loss was noticed"));
    },
  };
}
