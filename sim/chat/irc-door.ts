/**
 * Twitch's IRC server as the network sees it: accepts connections over WebSocket and TCP, tells each what happens
 * in its channels, and lets the fault desk break the line.
 */
import type { Socket } from "node:net";
import type { WebSocket } from "ws";
import type { FaultDesk } from "../fault-desk.ts";
import type { Fault } from "../faults.ts";
import type { Report } from "../report.ts";
import type { World } from "../world/world.ts";
import { toGarbage } from "./garbage.ts";
import { toRoomLines } from "./happening-lines.ts";
import { makeIrcRooms } from "./irc-rooms.ts";
import { IrcSession } from "./irc-session.ts";
import { type IrcWire, makeTcpWire, makeWebSocketWire, type WireEars } from "./irc-wire.ts";
import { makeOutbox } from "./outbox.ts";
import { makeRoomMemory } from "./room-memory.ts";
import { RECONNECT } from "./server-lines.ts";
import { openTcpListener, type TcpListener } from "./tcp-listener.ts";

export interface IrcConnection {
  readonly transport: "websocket" | "tcp";
  /** Undefined until someone is logged in; `justinfan…` for the anonymous. */
  readonly login: string | undefined;
  readonly channels: readonly string[];
  readonly connectedAt: number;
}

export interface IrcDoor {
  /** The caller refuses the upgrade itself while `faults.connections("irc")` is "refuse". */
  acceptWebSocket(socket: WebSocket): void;
  /** Resolves to the port, which is another than asked for when that was 0. */
  listenTcp(port: number, host: string): Promise<number>;
  connections(): readonly IrcConnection[];
  close(): Promise<void>;
}

/** After RECONNECT Twitch leaves a client about this long to dial anew before it hangs up. */
export const RECONNECT_GRACE_MS = 30_000;

/** Twitch names no figure; a client that is alive needs far less. */
export const PONG_WITHIN_MS = 10_000;

export function openIrcDoor(using: {
  readonly world: World;
  readonly faults: FaultDesk;
  readonly log?: (line: string) => void;
  readonly report?: Report;
  readonly pongWithinMs?: number;
}): IrcDoor {
  const { world, faults, log = () => {}, report = () => {}, pongWithinMs = PONG_WITHIN_MS } = using;
  const rooms = makeIrcRooms();
  const memory = makeRoomMemory();
  const wires = new Map<IrcSession, IrcWire>();
  const listeners: TcpListener[] = [];
  const releasers: (() => void)[] = [];
  let nextId = 1;

  const accept = (makeWire: (ears: WireEars) => IrcWire) => {
    const ears: WireEars = {
      line: (raw) => session.hear(raw),
      closed: () => {
        wires.delete(session);
        session.lost();
      },
    };
    const wire = makeWire(ears);
    const outbox = makeOutbox({ world, faults, wire });
    const id = nextId++;
    const session = new IrcSession({ id, world, rooms, memory, outbox, log, report, pongWithinMs });
    wires.set(session, wire);
    report("irc-opened", { connection: id, transport: wire.transport });
  };
  const acceptTcp = (socket: Socket) => {
    // Whoever was still in the queue of a port that stopped listening.
    if (faults.connections("irc") === "refuse") socket.resetAndDestroy();
    else if (faults.connections("irc") === "accept-then-close") socket.on("error", () => {}).destroySoon();
    else accept((ears) => makeTcpWire(socket, ears));
  };

  releasers.push(
    world.onHappening((happening) => {
      const told = toRoomLines(world, memory, happening);
      if (told === "silence") return;
      const isChat = happening.kind === "chat-message";
      for (const member of rooms.membersOf(told.channel)) {
        if (isChat && member.isSpeaking) continue;
        for (const line of told.lines) member.tell(line);
      }
    }),
    faults.onFault((fault) => applyFault(fault, { world, wires, faults, listeners })),
  );

  return {
    acceptWebSocket(socket) {
      socket.on("error", () => {});
      // Gone before we looked: its `close` was heard by nobody.
      if (socket.readyState !== socket.OPEN) return;
      if (faults.connections("irc") === "refuse") socket.terminate();
      else if (faults.connections("irc") === "accept-then-close") socket.close();
      else accept((ears) => makeWebSocketWire(socket, ears));
    },
    async listenTcp(port, host) {
      const listener = await openTcpListener({
        port,
        host,
        onSocket: acceptTcp,
        onError: (error) => log(`irc tcp ${host}: ${error.message}`),
      });
      listeners.push(listener);
      if (faults.connections("irc") === "refuse") listener.setRefusing(true);
      return listener.port;
    },
    connections: () =>
      [...wires].map(([session, wire]) => ({
        transport: wire.transport,
        login: session.login,
        channels: session.channels,
        connectedAt: session.connectedAt,
      })),
    async close() {
      for (const release of releasers) release();
      for (const [session, wire] of wires) {
        session.lost();
        wire.cut();
      }
      wires.clear();
      await Promise.all(listeners.map((listener) => listener.close()));
    },
  };
}

function applyFault(
  fault: Fault,
  to: {
    readonly world: World;
    readonly wires: ReadonlyMap<IrcSession, IrcWire>;
    readonly faults: FaultDesk;
    readonly listeners: readonly TcpListener[];
  },
): void {
  if (!("place" in fault) || fault.place !== "irc") return;
  switch (fault.do) {
    case "refuse":
    case "accept-then-close": {
      const isRefusing = to.faults.connections("irc") === "refuse";
      for (const listener of to.listeners) listener.setRefusing(isRefusing);
      return;
    }
    case "cut":
      for (const wire of to.wires.values()) {
        if (fault.code === undefined) wire.cut();
        else wire.close(fault.code);
      }
      return;
    case "garble":
      if (to.faults.isMute("irc")) return;
      for (const wire of to.wires.values()) wire.write(toGarbage(fault.with));
      return;
    case "send-reconnect":
      for (const session of to.wires.keys()) {
        session.tell(RECONNECT);
        to.world.clock.after(RECONNECT_GRACE_MS, () => session.hangUp("reconnect"));
      }
      return;
    default:
      return;
  }
}
