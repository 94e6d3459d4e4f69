/**
 * The client's end of node-ipc's wire on a bare node:net socket. Workers use this instead of node-ipc itself,
 * whose import costs a process 3.8 MB.
 */
import { connect, type Socket } from "node:net";
import { corkedWriter, endSocket } from "./corked-writer.ts";
import {
  FRAME_BYTES_MAX,
  FRAME_END,
  FRAME_TYPE,
  HALF_FRAME_MS,
  PENDING_BYTES_MAX,
  type Wire,
  type WireEnd,
} from "./wire.ts";

export type Dialled =
  | { readonly is: "open"; readonly wire: Wire }
  | { readonly is: "refused"; readonly problem: string };

export function dialSocket(path: string, withinMs: number): Promise<Dialled> {
  return new Promise((resolve) => {
    const socket = connect({ path });
    const deadline = setTimeout(() => refuse("nobody answered in time"), withinMs);
    const refuse = (problem: string) => {
      clearTimeout(deadline);
      socket.destroy();
      resolve({ is: "refused", problem });
    };
    const onError = (error: Error) => refuse(error.message);
    socket.once("error", onError);
    socket.once("connect", () => {
      clearTimeout(deadline);
      socket.off("error", onError);
      resolve({ is: "open", wire: openSocketWire(socket) });
    });
  });
}

function openSocketWire(socket: Socket): Wire {
  const write = corkedWriter(socket);
  let listenMessage: ((message: unknown) => void) | undefined;
  let listenClosed: ((because: WireEnd) => void) | undefined;
  let early: unknown[] = [];
  let end: WireEnd | undefined;
  let rest = "";
  let halfFrame: NodeJS.Timeout | undefined;

  const finish = (because: WireEnd) => {
    if (end) return;
    end = because;
    clearTimeout(halfFrame);
    socket.destroy();
    listenClosed?.(because);
  };
  const breakOff = (problem: string) => finish({ is: "peer-broke-protocol", problem });
  const receive = (frame: string) => {
    const message = parseFrame(frame);
    if (message.is === "broken") return breakOff(message.problem);
    if (listenMessage) listenMessage(message.data);
    else early.push(message.data);
  };

  socket.setEncoding("utf8");
  socket.on("data", (chunk: string) => {
    const parts = (rest + chunk).split(FRAME_END);
    rest = parts.pop() ?? "";
    for (const frame of parts) if (!end) receive(frame);
    if (rest.length > FRAME_BYTES_MAX) breakOff(`a frame passed ${FRAME_BYTES_MAX} bytes`);
    clearTimeout(halfFrame);
    if (rest && !end) halfFrame = setTimeout(() => breakOff("half a frame, then silence"), HALF_FRAME_MS);
  });
  socket.on("error", () => finish({ is: "peer-left" }));
  socket.on("close", () => finish({ is: "peer-left" }));

  return {
    write(message) {
      if (end) return "closed";
      if (socket.writableLength > PENDING_BYTES_MAX) {
        breakOff("the other end stopped reading");
        return "closed";
      }
      write(JSON.stringify({ type: FRAME_TYPE, data: message }) + FRAME_END);
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
      // What was written is flushed first; `finish` then reports that it was us.
      end = { is: "closed-by-us" };
      clearTimeout(halfFrame);
      endSocket(socket);
      listenClosed?.(end);
    },
  };
}

type Frame =
  | { readonly is: "message"; readonly data: unknown }
  | { readonly is: "broken"; readonly problem: string };

/** Pure. */
export function parseFrame(frame: string): Frame {
  if (frame.length > FRAME_BYTES_MAX)
    return { is: "broken", problem: `a frame passed ${FRAME_BYTES_MAX} bytes` };
  try {
    const parsed: unknown = JSON.parse(frame);
    if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) {
      return { is: "broken", problem: "a frame was no JSON object" };
    }
    if (!("type" in parsed) || parsed.type !== FRAME_TYPE)
      return { is: "broken", problem: "a frame of unknown type" };
    return { is: "message", data: "data" in parsed ? parsed.data : undefined };
  } catch {
    return { is: "broken", problem: "a frame was no JSON" };
  }
}
