/** Where sockets come in: who gets a session, who comes back to one, and what the network's faults do to all of them. */
import { once } from "node:events";
import { WebSocket } from "ws";
import type { FaultDesk } from "../fault-desk.ts";
import type { Fault } from "../faults.ts";
import type { World } from "../world/world.ts";
import { CLOSINGS, isClosingCode, toClosing } from "./closings.ts";
import { closeSocket } from "./connection.ts";
import { openSession, type Session } from "./session.ts";
import type { SubscriptionStatus } from "./subscription.ts";

/** docs/eventsub/handling-websocket-events: 10 unless asked otherwise, a number out of range counts as the nearest. */
export const KEEPALIVE_SECONDS = { usual: 10, least: 10, most: 600 } as const;

export interface SessionHall {
  accept(socket: WebSocket, url: URL): void;
  find(id: string): Session | undefined;
  list(): readonly Session[];
  /** Resolves when no socket is left. */
  close(): Promise<void>;
}

export function openSessionHall(using: {
  readonly world: World;
  readonly faults: FaultDesk;
  readonly baseUrl: () => string;
  readonly pongWithinRealMs: number;
  readonly onOpen: (session: Session) => void;
  readonly onOver: (session: Session, status: SubscriptionStatus) => void;
  readonly log: (line: string) => void;
}): SessionHall {
  const { world, faults } = using;
  const sessions = new Map<string, Session>();
  /** Every socket, so that none outlives the hall. */
  const sockets = new Set<WebSocket>();

  const welcome = (socket: WebSocket, url: URL) => {
    const session = openSession({
      ...using,
      socket,
      id: `AgoQ${world.random.token(22)}EgZjZWxsLWE`,
      keepaliveSeconds: parseKeepalive(url.searchParams.get("keepalive_timeout_seconds")),
      toReconnectUrl: (id, challenge) => toReconnectUrl(using.baseUrl(), url.pathname, id, challenge),
      onOver: (status) => {
        sessions.delete(session.id);
        using.onOver(session, status);
      },
    });
    sessions.set(session.id, session);
    using.onOpen(session);
  };

  const stopListening = faults.onFault((fault) => {
    applyFault(fault, [...sessions.values()]);
    if (fault.do === "cut" && fault.place === "eventsub") closeStrays(sockets, fault.code);
  });

  return {
    accept(socket, url) {
      if (socket.readyState !== WebSocket.OPEN) return;
      sockets.add(socket);
      socket.once("close", () => sockets.delete(socket));
      // Until a session listens, and for those that never get one.
      socket.on("error", () => {});
      switch (faults.connections("eventsub")) {
        case "refuse":
          return socket.terminate();
        case "accept-then-close":
          return closeSocket(socket, CLOSINGS["network-error"].code, CLOSINGS["network-error"].reason);
        case "accept":
          break;
      }
      // Connected, and then nothing, for ever.
      if (!faults.hasWelcome()) return;
      const challenge = url.searchParams.get("challenge");
      const id = url.searchParams.get("id");
      if (challenge === null && id === null) return welcome(socket, url);
      if (!sessions.get(id ?? "")?.tryMove(socket, challenge ?? "")) {
        closeSocket(socket, CLOSINGS["invalid-reconnect"].code, CLOSINGS["invalid-reconnect"].reason);
      }
    },
    find: (id) => sessions.get(id),
    list: () => [...sessions.values()],
    async close() {
      stopListening();
      const gone = [...sockets].map((socket) => once(socket, "close"));
      for (const socket of sockets) socket.terminate();
      await Promise.all(gone);
    },
  };
}

export function parseKeepalive(given: string | null): number {
  const { usual, least, most } = KEEPALIVE_SECONDS;
  const seconds = given === null || given.trim() === "" ? Number.NaN : Number(given);
  if (Number.isNaN(seconds)) return usual;
  return Math.min(most, Math.max(least, Math.round(seconds)));
}

/** Twitch's own look: `…/ws?challenge=<uuid>&id=<session id>`; to be used as it is, once. */
function toReconnectUrl(baseUrl: string, path: string, id: string, challenge: string): string {
  return `${baseUrl}${path}?${new URLSearchParams({ challenge, id })}`;
}

function applyFault(fault: Fault, sessions: readonly Session[]): void {
  if (!("place" in fault) || fault.place !== "eventsub") return;
  for (const session of sessions) {
    if (fault.do === "cut") cut(session, fault.code);
    else if (fault.do === "garble") session.garble(fault.with);
    else if (fault.do === "send-reconnect") session.askToReconnect();
  }
}

/** Sockets that never got a session, or were left by one. */
function closeStrays(sockets: Iterable<WebSocket>, code: number | undefined): void {
  for (const socket of sockets) {
    if (socket.readyState !== WebSocket.OPEN) continue;
    if (code !== undefined && isClosingCode(code)) closeSocket(socket, code, toClosing(code).reason);
    else socket.terminate();
  }
}

function cut(session: Session, code: number | undefined): void {
  if (code !== undefined && isClosingCode(code)) session.close(toClosing(code));
  else session.lose();
}
