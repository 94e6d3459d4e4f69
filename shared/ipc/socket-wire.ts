/** A wire on a connected socket, the same at both ends; who cuts the bytes into messages hands them to `receive`. */
import type { Socket } from "node:net";
import { type FlushRounds, makeCorkedWriter } from "./corked-writer.ts";
import { CLOSE_FLUSH_MS, FRAME_END, FRAME_TYPE, PENDING_BYTES_MAX, type Wire, type WireEnd } from "./wire.ts";

/** Around a message's own JSON: as `JSON.stringify({ type, data })` would write it. */
const FRAME_HEAD = `{"type":${JSON.stringify(FRAME_TYPE)},"data":`;
const FRAME_TAIL = `}${FRAME_END}`;

export interface SocketWire {
  readonly wire: Wire;
  receive(message: unknown): void;
  /** Ends the wire with the reason and cuts the socket. */
  cut(because: WireEnd): void;
  hasEnded(): boolean;
}

/** `rounds`: when it is written to; left out: with all others of this process, by its own clock. */
export function makeSocketWire(socket: Socket, rounds?: FlushRounds): SocketWire {
  const writer = makeCorkedWriter(socket, rounds);
  let listenMessage: ((message: unknown) => void) | undefined;
  let listenClosed: ((because: WireEnd) => void) | undefined;
  let early: unknown[] = [];
  let end: WireEnd | undefined;

  const finish = (because: WireEnd) => {
    if (end) return;
    end = because;
    listenClosed?.(because);
  };
  const cut = (because: WireEnd) => {
    finish(because);
    socket.destroy();
  };
  socket.on("close", () => finish({ is: "peer-left" }));

  return {
    hasEnded: () => end !== undefined,
    cut,
    receive(message) {
      if (end) return;
      if (listenMessage) listenMessage(message);
      else early.push(message);
    },
    wire: {
      write(message) {
        if (end || socket.destroyed) return "closed";
        if (socket.writableLength + writer.pending() > PENDING_BYTES_MAX) {
          cut({ is: "peer-broke-protocol", problem: "the other end stopped reading" });
          return "closed";
        }
        const text = typeof message === "string" ? message : JSON.stringify(message);
        writer.write(FRAME_HEAD + text + FRAME_TAIL);
        return "written";
      },
      onMessage(listen) {
        listenMessage = listen;
        const waiting = early;
        early = [];
        for (const message of waiting) listen(message);
      },
      onClosed(listen) {
        listenClosed = listen;
        if (end) listen(end);
      },
      close() {
        if (end) return;
        finish({ is: "closed-by-us" });
        writer.flush();
        endSocket(socket);
      },
    },
  };
}

/** Ends after what was written has left, or after `CLOSE_FLUSH_MS` when the other end does not read. */
function endSocket(socket: Socket): void {
  const force = setTimeout(() => socket.destroy(), CLOSE_FLUSH_MS);
  socket.once("close", () => clearTimeout(force));
  socket.end(() => socket.destroy());
}
