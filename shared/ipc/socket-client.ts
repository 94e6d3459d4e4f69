/**
 * The client's end of node-ipc's wire on a bare node:net socket. Workers use this instead of node-ipc itself,
 * whose import costs a process 3.8 MB.
 */
import { connect, type Socket } from "node:net";
import type { FlushRounds } from "./corked-writer.ts";
import { makeSocketWire } from "./socket-wire.ts";
import { FRAME_BYTES_MAX, FRAME_END, FRAME_TYPE, HALF_FRAME_MS, type Wire } from "./wire.ts";

export type Dialled =
  | { readonly is: "open"; readonly wire: Wire }
  /** `isNobodyThere`: no process listens at this path; else one may, and only we did not get through. */
  | { readonly is: "refused"; readonly problem: string; readonly isNobodyThere?: boolean };

const NOBODY_THERE: ReadonlySet<unknown> = new Set(["ENOENT", "ECONNREFUSED"]);

export function dialSocket(
  path: string,
  withinMs: number,
  frameBytesMax: number = FRAME_BYTES_MAX,
): Promise<Dialled> {
  return new Promise((resolve) => {
    const socket = connect({ path });
    const deadline = setTimeout(() => refuse("nobody answered in time"), withinMs);
    const refuse = (problem: string, code?: string) => {
      clearTimeout(deadline);
      socket.destroy();
      resolve({ is: "refused", problem, isNobodyThere: NOBODY_THERE.has(code) });
    };
    const onError = (error: NodeJS.ErrnoException) => refuse(error.message, error.code);
    socket.once("error", onError);
    socket.once("connect", () => {
      clearTimeout(deadline);
      socket.off("error", onError);
      resolve({ is: "open", wire: openSocketWire(socket, { frameBytesMax }) });
    });
  });
}

export function openSocketWire(
  socket: Socket,
  using: { readonly rounds?: FlushRounds; readonly frameBytesMax?: number } = {},
): Wire {
  const { frameBytesMax = FRAME_BYTES_MAX } = using;
  const { wire, receive, cut, hasEnded } = makeSocketWire(socket, using.rounds);
  const breakOff = (problem: string) => cut({ is: "peer-broke-protocol", problem });
  let rest = "";
  let halfFrame: NodeJS.Timeout | undefined;

  socket.setEncoding("utf8");
  socket.on("data", (chunk: string) => {
    // Only what is new is searched: a long frame comes in many pieces.
    const [first = "", ...others] = chunk.split(FRAME_END);
    const parts = [rest + first, ...others];
    rest = parts.pop() ?? "";
    for (const text of parts) {
      const frame = parseFrame(text, frameBytesMax);
      if (frame.is === "broken") return breakOff(frame.problem);
      receive(frame.data);
    }
    if (rest.length > frameBytesMax) return breakOff(tooLong(frameBytesMax));
    clearTimeout(halfFrame);
    if (rest && !hasEnded())
      halfFrame = setTimeout(() => breakOff("half a frame, then silence"), HALF_FRAME_MS);
  });
  socket.on("error", () => cut({ is: "peer-left" }));
  socket.on("close", () => clearTimeout(halfFrame));
  return wire;
}

type Frame =
  | { readonly is: "message"; readonly data: unknown }
  | { readonly is: "broken"; readonly problem: string };

const tooLong = (bytesMax: number): string => `a frame passed ${bytesMax} bytes`;

/** Pure. */
export function parseFrame(frame: string, bytesMax: number = FRAME_BYTES_MAX): Frame {
  if (frame.length > bytesMax) return { is: "broken", problem: tooLong(bytesMax) };
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
