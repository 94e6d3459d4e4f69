/**
 * The server's end: node-ipc 14 behind the guards it does not bring (reference ipc-and-ops 1.6). Its `assured`
 * parser bounds frames and pending bytes and refuses reserved names; the rest is here: probing before unlinking,
 * path length, connection count, catching a throwing handler, and writes corked per tick.
 */
import { chmodSync, existsSync, lstatSync, unlinkSync } from "node:fs";
import type { Socket } from "node:net";
import { dirname } from "node:path";
import { IPCModule } from "node-ipc";
import { KissError, toError } from "../errors.ts";
import { SOCKET_PATH_BYTES_MAX } from "../home.ts";
import type { Logger } from "../log.ts";
import type { FlushRounds } from "./corked-writer.ts";
import { dialSocket } from "./socket-client.ts";
import { makeSocketWire, type SocketWire } from "./socket-wire.ts";
import {
  FRAME_BYTES_MAX,
  FRAME_END,
  FRAME_TYPE,
  HALF_FRAME_MS,
  PENDING_BYTES_MAX,
  type Wire,
} from "./wire.ts";

export interface SocketServer {
  /** Resolves when every connection is closed and the socket file is gone. */
  close(): Promise<void>;
}

const PROBE_MS = 1_000;

/**
 * Listens on `path`, a direct child of a folder of our own (0700).
 * @throws KissError socket-in-use when a live process answers there, socket-path-too-long
 */
export async function openSocketServer(using: {
  readonly path: string;
  readonly connectionsMax: number;
  readonly log: Logger;
  /** When connections are written to; left out: with all others of this process, by its own clock. */
  readonly rounds?: FlushRounds;
  readonly onConnection: (wire: Wire) => void;
}): Promise<SocketServer> {
  const { path, log } = using;
  const bytes = Buffer.byteLength(path);
  if (bytes > SOCKET_PATH_BYTES_MAX) throw new KissError("socket-path-too-long", `${path} has ${bytes}`);
  await removeStaleSocket(path);

  const ipc = new IPCModule();
  Object.assign(ipc.config, {
    silent: true,
    logPayloads: false,
    parser: "assured",
    allowedEvents: [FRAME_TYPE],
    delimiter: FRAME_END,
    maxMessageSize: FRAME_BYTES_MAX,
    maxPendingBytes: PENDING_BYTES_MAX,
    messageTimeout: HALF_FRAME_MS,
    maxConnections: using.connectionsMax,
    socketRoot: `${dirname(path)}/`,
    secureSocketRoot: true,
    unlink: false,
  });

  const connections = new Map<Socket, SocketWire>();
  await new Promise<void>((resolve, reject) => {
    ipc.serve(path, resolve);
    const server = ipc.server;
    let isListening = false;
    server.on("start", () => {
      isListening = true;
    });
    server.on("connect", (socket: Socket) => {
      const connection = makeSocketWire(socket, using.rounds);
      connections.set(socket, connection);
      using.onConnection(connection.wire);
    });
    server.on(FRAME_TYPE, (data: unknown, socket: Socket) => {
      const connection = connections.get(socket);
      if (!connection) return;
      try {
        connection.receive(data);
      } catch (problem) {
        // Escaping here would drop the remaining frames of this chunk and end the process.
        log.error({ err: toError(problem) }, "a message handler threw");
      }
    });
    server.on("close", (socket: Socket) => {
      connections.delete(socket);
    });
    server.on("error", (error: Error & { code?: string }) => {
      if (!isListening) return reject(error);
      log.warn({ err: error }, "a peer broke the wire's protocol");
    });
    server.start();
  });
  chmodSync(path, 0o600);

  return {
    close: () =>
      new Promise((resolve) => {
        const server = ipc.server.server;
        for (const connection of connections.values()) connection.wire.close();
        if (!server) return resolve();
        server.close(() => resolve());
      }),
  };
}

/** A socket file nobody answers on is left over from a killed process; one that answers belongs to somebody. */
async function removeStaleSocket(path: string): Promise<void> {
  if (!existsSync(path)) return;
  if (!lstatSync(path).isSocket()) throw new KissError("socket-in-use", `${path} is a file, not a socket`);
  const probe = await dialSocket(path, PROBE_MS);
  if (probe.is === "open") {
    probe.wire.close();
    throw new KissError("socket-in-use", path);
  }
  unlinkSync(path);
}
