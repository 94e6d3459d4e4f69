/** Opens one HTTP port on loopback: on 127.0.0.1, and on ::1 beside it, because "localhost" may mean either. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import type { Duplex } from "node:stream";

export interface HttpListener {
  readonly port: number;
  close(): Promise<void>;
}

interface Opened {
  readonly server: Server;
  readonly sockets: ReadonlySet<Socket>;
}

export class PortInUseError extends Error {
  constructor(port: number, host: string) {
    super(`port ${port} on ${host} is in use by another program; stop that one or choose another port`);
    this.name = "PortInUseError";
  }
}

export class NotLoopbackError extends Error {
  constructor(host: string) {
    super(`the simulator listens on loopback only, not on "${host}"; use 127.0.0.1, ::1 or localhost`);
    this.name = "NotLoopbackError";
  }
}

export async function openHttpListener(using: {
  readonly port: number;
  readonly host: string;
  readonly onRequest: (request: IncomingMessage, response: ServerResponse) => void;
  readonly onUpgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
}): Promise<HttpListener> {
  const [first, ...others] = toAddresses(using.host);
  const make = (): Opened => {
    const server = createServer(using.onRequest).on("upgrade", using.onUpgrade);
    return { server, sockets: trackSockets(server) };
  };
  const main = make();
  const port = await listen(main.server, using.port, first);
  const opened = [main];
  for (const address of others) {
    const also = make();
    // A machine without IPv6 is none the worse: 127.0.0.1 answers.
    const isOpen = await listen(also.server, port, address).then(
      () => true,
      () => false,
    );
    if (isOpen) opened.push(also);
  }
  return { port, close: async () => void (await Promise.all(opened.map(close))) };
}

/** "localhost" = both loopback addresses. */
export function toAddresses(host: string): readonly [string, ...string[]] {
  if (host === "localhost") return ["127.0.0.1", "::1"];
  if (host === "::1" || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host)) return [host];
  throw new NotLoopbackError(host);
}

/** Turns "address in use" into a sentence; every other trouble stays what it is. */
export function toListenError(error: Error, port: number, host: string): Error {
  return "code" in error && error.code === "EADDRINUSE" ? new PortInUseError(port, host) : error;
}

function listen(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const fail = (error: Error) => reject(toListenError(error, port, host));
    server.once("error", fail);
    server.listen(port, host, () => {
      server.off("error", fail);
      resolve((server.address() as AddressInfo).port);
    });
  });
}

/** Every socket a server accepted: Node itself loses sight of those that became WebSockets. */
function trackSockets(server: Server): ReadonlySet<Socket> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  return sockets;
}

/** At once: whoever still hangs on a request, a feed or a WebSocket is cut off. */
function close({ server, sockets }: Opened): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    for (const socket of sockets) socket.destroy();
  });
}
