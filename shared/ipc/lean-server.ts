/**
 * A socket for a handful of callers, on a bare node:net server: for a process that nobody but the operator talks to, and
 * that is to stay small. Frames and their bounds are those of socket-client.ts, whose import it shares.
 */
import { chmodSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { toError } from "../errors.ts";
import type { Logger } from "../log.ts";
import { openSocketWire } from "./socket-client.ts";
import type { Wire } from "./wire.ts";

export interface LeanServer {
  /** The socket's file is gone when this returns; who is connected is cut off. */
  close(): void;
}

/** Listens on `path`, in a folder of our own (0700). Whatever lies there is of a process that is gone: the caller holds the lock. */
export function openLeanServer(using: {
  readonly path: string;
  readonly connectionsMax: number;
  readonly log: Logger;
  readonly onConnection: (wire: Wire) => void;
}): Promise<LeanServer> {
  const { path, log } = using;
  const open = new Set<Wire>();
  const server = createServer((socket) => {
    const wire = openSocketWire(socket);
    open.add(wire);
    socket.once("close", () => open.delete(wire));
    try {
      using.onConnection(wire);
    } catch (problem) {
      log.error({ err: toError(problem) }, "a caller could not be received");
      wire.close();
    }
  });
  server.maxConnections = using.connectionsMax;
  rmSync(path, { force: true });
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(path, () => {
      chmodSync(path, 0o600);
      server.off("error", reject);
      server.on("error", (problem) => log.warn({ err: problem }, "the socket has trouble"));
      resolve({
        close() {
          server.close();
          for (const wire of open) wire.close();
          rmSync(path, { force: true });
        },
      });
    });
  });
}
