/** One WebSocket to EventSub. Dumb on purpose: frames in, an end with its code out; the session decides. */
import WebSocket from "ws";
import type { Millis } from "../../shared/clock.ts";
import { FRAME_BYTES_MAX } from "./frames.external.ts";

export interface EventSubSocket {
  /** Cuts the connection; `onEnd` is not called after it. */
  discard(): void;
}

export interface SocketListeners {
  readonly onFrame: (text: string) => void;
  /** Called once. 1006 when it was cut without a close; 0 when it never opened. */
  readonly onEnd: (code: number, problem: string) => void;
}

export type Dial = (url: string, listen: SocketListeners) => EventSubSocket;

const HANDSHAKE_WITHIN_MS: Millis = 10_000;

export const dialEventSub: Dial = (url, listen) => {
  let isOver = false;
  let problem = "";
  const socket = new WebSocket(url, {
    handshakeTimeout: HANDSHAKE_WITHIN_MS,
    perMessageDeflate: false,
    maxPayload: FRAME_BYTES_MAX,
  });
  const end = (code: number) => {
    if (isOver) return;
    isOver = true;
    socket.terminate();
    listen.onEnd(code, problem);
  };
  socket.on("message", (data, isBinary) => {
    if (!isOver) listen.onFrame(isBinary ? "" : String(data));
  });
  socket.on("error", (error) => {
    problem = error.message;
    // A refused dial ends in `error` and then `close`; ws answers it with 1006, which would look like a cut.
    if (socket.readyState !== WebSocket.OPEN) end(0);
  });
  socket.on("close", (code) => end(code));
  return {
    discard() {
      isOver = true;
      socket.terminate();
    },
  };
};
