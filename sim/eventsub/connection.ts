/**
 * One WebSocket, as EventSub uses it: the server talks, the client may only pong. Everything that leaves goes
 * through here, so the network's faults (mute, delay, loss, broken frames) are in one place.
 */
import { type RawData, WebSocket } from "ws";
import type { FaultDesk } from "../fault-desk.ts";
import type { Fault } from "../faults.ts";
import type { World } from "../world/world.ts";

/** Twitch's servers ping now and then; how often is not documented. */
export const PING_EVERY_MS = 30_000;
/** Real time: this is about a real network, however fast the simulated clock runs. */
export const PONG_WITHIN_REAL_MS = 10_000;
const CLOSE_WITHIN_REAL_MS = 2_000;
const HUGE_FRAME_BYTES = 5_000_000;

export interface Connection {
  send(message: object): void;
  garble(how: Extract<Fault, { do: "garble" }>["with"]): void;
  close(code: number, reason: string): void;
  /** The line goes dead without a word. */
  cut(): void;
}

export interface ConnectionEvents {
  /** The client said something, which it must not. */
  onMessage(data: RawData): void;
  onDeaf(): void;
  onClosed(): void;
}

export function openConnection(using: {
  readonly socket: WebSocket;
  readonly world: World;
  readonly faults: FaultDesk;
  readonly events: ConnectionEvents;
  readonly pongWithinRealMs: number;
}): Connection {
  const { socket, world, faults, events } = using;
  const { clock, random } = world;
  let lastLeavesAt = 0;
  let pongTimer: NodeJS.Timeout | undefined;

  const transmit = (frame: string | Buffer) => {
    if (socket.readyState === WebSocket.OPEN) socket.send(frame, () => {});
  };
  /** A later message never overtakes an earlier one that is still held back. */
  const leave = (frame: string | Buffer) => {
    const now = clock.now();
    const at = Math.max(now + faults.delayMs("eventsub"), lastLeavesAt);
    lastLeavesAt = at;
    if (at <= now) transmit(frame);
    else clock.after(at - now, () => transmit(frame));
  };
  const ping = () => {
    if (faults.isMute("eventsub") || pongTimer || socket.readyState !== WebSocket.OPEN) return;
    pongTimer = setTimeout(events.onDeaf, using.pongWithinRealMs);
    pongTimer.unref();
    socket.ping();
  };
  const heard = () => {
    clearTimeout(pongTimer);
    pongTimer = undefined;
  };
  const stopPings = clock.every(PING_EVERY_MS, ping);
  const pong = socket.pong.bind(socket);
  // ws answers pings itself; a muted server answers nothing.
  socket.pong = (...given: unknown[]) => {
    if (!faults.isMute("eventsub")) Reflect.apply(pong, undefined, given);
  };

  socket.on("pong", heard);
  socket.on("message", (data) => events.onMessage(data));
  // A broken frame: ws closes the socket by itself, "close" follows.
  socket.on("error", () => {});
  socket.on("close", () => {
    stopPings();
    heard();
    events.onClosed();
  });

  return {
    send(message) {
      if (faults.isMute("eventsub")) return;
      const share = faults.dropShare("eventsub");
      if (share > 0 && random.fraction() < share) return;
      leave(JSON.stringify(message));
    },
    garble: (how) => transmit(toBrokenFrame(how, random.uuid())),
    close: (code, reason) => closeSocket(socket, code, reason),
    cut: () => socket.terminate(),
  };
}

/** A close frame, and a cut line for those who do not answer it. */
export function closeSocket(socket: WebSocket, code: number, reason: string): void {
  if (socket.readyState === WebSocket.CLOSED) return;
  socket.close(code, reason);
  const timer = setTimeout(() => socket.terminate(), CLOSE_WITHIN_REAL_MS);
  timer.unref();
  socket.once("close", () => clearTimeout(timer));
}

function toBrokenFrame(how: Extract<Fault, { do: "garble" }>["with"], id: string): string | Buffer {
  const metadata = {
    message_id: id,
    message_type: "session_dance",
    message_timestamp: "2023-07-19T14:56:51.616329898Z",
  };
  switch (how) {
    case "not-json":
      return '{"metadata":{"message_id":';
    case "unknown-type":
      return JSON.stringify({ metadata, payload: {} });
    case "huge":
      return JSON.stringify({ metadata, payload: { padding: "x".repeat(HUGE_FRAME_BYTES) } });
    case "binary":
      return Buffer.from([0, 255, 254, 1, 2, 3, 128, 192]);
  }
}
