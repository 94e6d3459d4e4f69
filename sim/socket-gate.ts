/** Sends each WebSocket to the door its path names: /ws and /eventsub-ws are EventSub, every other path is IRC. */
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { type WebSocket, WebSocketServer } from "ws";
import type { FaultDesk } from "./fault-desk.ts";

const EVENTSUB_PATHS: ReadonlySet<string> = new Set(["/ws", "/eventsub-ws"]);
/** Far above anything either protocol sends in. */
const FRAME_BYTES_MAX = 64 * 1024;

export function makeSocketGate(using: {
  readonly faults: FaultDesk;
  readonly irc: { acceptWebSocket(socket: WebSocket): void };
  readonly eventSub: { acceptWebSocket(socket: WebSocket, url: URL): void };
}): {
  onUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  close(): Promise<void>;
} {
  const { faults, irc, eventSub } = using;
  const server = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: FRAME_BYTES_MAX,
  });

  return {
    onUpgrade(request, socket, head) {
      // A peer that resets during the handshake must not take the process down.
      socket.on("error", () => socket.destroy());
      const url = toUrl(request.url);
      if (!url) {
        socket.end("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n");
        return;
      }
      const place = EVENTSUB_PATHS.has(url.pathname) ? "eventsub" : "irc";
      if (faults.connections(place) === "refuse") {
        socket.destroy();
        return;
      }
      server.handleUpgrade(request, socket, head, (webSocket) => {
        webSocket.on("error", () => webSocket.terminate());
        if (place === "eventsub") eventSub.acceptWebSocket(webSocket, url);
        else irc.acceptWebSocket(webSocket);
      });
    },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

function toUrl(path: string | undefined): URL | undefined {
  try {
    return new URL(path ?? "/", "ws://localhost");
  } catch {
    return undefined;
  }
}
