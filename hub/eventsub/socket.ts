/** One WebSocket to EventSub. Dumb on purpose: frames in, an end with its code out; the session decides. */
import WebSocket from "ws";
import type { Millis } from "../../shared/clock.ts";
import { CUT, FRAME_TOO_LARGE, NEVER_OPENED } from "./close-codes.ts";
import { FRAME_BYTES_MAX } from "./frames.external.ts";

export interface EventSubSocket {
  /** Cuts the connection; `onEnd` is not called after it. */
  discard(): void;
  /** Closes it in good order: what is on its way still comes, then its end. */
  sayGoodbye(): void;
}

export interface SocketListeners {
  /** A binary frame, which Twitch never sends, comes as an empty text. */
  readonly onFrame: (text: string) => void;
  /** Called once, with a close code or one of those in close-codes.ts that stand for its absence. */
  readonly onEnd: (code: number, problem: string) => void;
}

export type Dial = (url: string, listen: SocketListeners) => EventSubSocket;

/** RFC 6455, 7.4.1. */
const GOOD_ORDER = 1000;
const HANDSHAKE_WITHIN_MS: Millis = 10_000;

export const dialEventSub: Dial = (url, listen) => {
  let isOver = false;
  let wasOpen = false;
  const socket = new WebSocket(url, {
    handshakeTimeout: HANDSHAKE_WITHIN_MS,
    perMessageDeflate: false,
    maxPayload: FRAME_BYTES_MAX,
  });
  const end = (code: number, problem: string) => {
    if (isOver) return;
    isOver = true;
    socket.terminate();
    listen.onEnd(code, problem);
  };
  socket.on("open", () => {
    wasOpen = true;
  });
  socket.on("message", (data, isBinary) => {
    if (!isOver) listen.onFrame(isBinary ? "" : String(data));
  });
  // ws would follow each of these with a close of its own making: 1006 for a refused dial, and for a broken frame.
  socket.on("error", (error: NodeJS.ErrnoException) => {
    if (!wasOpen) return end(NEVER_OPENED, error.message);
    end(error.code === "WS_ERR_UNSUPPORTED_MESSAGE_LENGTH" ? FRAME_TOO_LARGE : CUT, error.message);
  });
  socket.on("close", (code) => end(code, ""));
  return {
    discard() {
      isOver = true;
      socket.terminate();
    },
    sayGoodbye: () => socket.close(GOOD_ORDER),
  };
};
