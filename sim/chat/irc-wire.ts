/** The two ways to Twitch's IRC, a WebSocket and a plain TCP socket, made alike: lines in, text out. */
import type { Socket } from "node:net";
import type { RawData, WebSocket } from "ws";
import { makeLineSplitter } from "./line-splitter.ts";

export interface IrcWire {
  readonly transport: "websocket" | "tcp";
  /** Text as it is; a line needs its CR LF. */
  write(data: string | Buffer): void;
  /** Goodbye in order: what was written before still arrives. */
  close(code?: number): void;
  /** The cable is cut. */
  cut(): void;
}

export interface WireEars {
  line(raw: string): void;
  /** Once, whoever ended it. */
  closed(): void;
}

/** A client that does not read is cut off before its backlog fills our memory, as Twitch cuts it off. */
export const BACKLOG_BYTES_MAX = 8 * 1024 * 1024;

export function makeWebSocketWire(socket: WebSocket, ears: WireEars): IrcWire {
  socket.on("message", (data) => {
    const splitter = makeLineSplitter();
    for (const line of [...splitter.push(toBuffer(data)), ...splitter.end()]) ears.line(line);
  });
  socket.on("close", () => ears.closed());
  // `close` follows; without a listener a broken frame would end the process.
  socket.on("error", () => {});
  return {
    transport: "websocket",
    write(data) {
      if (socket.readyState !== socket.OPEN) return;
      if (socket.bufferedAmount > BACKLOG_BYTES_MAX) socket.terminate();
      else socket.send(data);
    },
    close(code) {
      if (code === undefined || isCloseCode(code)) socket.close(code);
      else socket.terminate();
    },
    cut: () => socket.terminate(),
  };
}

export function makeTcpWire(socket: Socket, ears: WireEars): IrcWire {
  const splitter = makeLineSplitter();
  socket.setNoDelay(true);
  socket.on("data", (chunk) => {
    for (const line of splitter.push(Buffer.from(chunk))) ears.line(line);
  });
  socket.on("close", () => ears.closed());
  socket.on("error", () => {});
  return {
    transport: "tcp",
    write(data) {
      if (socket.destroyed) return;
      if (socket.writableLength > BACKLOG_BYTES_MAX) socket.destroy();
      else socket.write(data);
    },
    close: () => socket.destroySoon(),
    cut: () => {
      socket.resetAndDestroy();
    },
  };
}

/** RFC 6455: the others, 1006 among them, are what a peer concludes, and cannot be sent. */
function isCloseCode(code: number): boolean {
  return (
    (code >= 1000 && code <= 1014 && ![1004, 1005, 1006].includes(code)) || (code >= 3000 && code <= 4999)
  );
}

function toBuffer(data: RawData): Buffer {
  if (Buffer.isBuffer(data)) return data;
  return Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data);
}
