/**
 * Whether anything is on its way between the sockets of this process: a request without its answer, bytes that were
 * written and not read. What Node itself tells of its sockets is looked at, so that nobody who is watched knows it.
 */
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Millis } from "../../shared/clock.ts";

export interface SocketWatch {
  /** Resolves when all that was sent was heard, and what was heard was dealt with. */
  quiet(): Promise<void>;
  close(): void;
}

/** What a heard word sets off takes some turns of the loop before it is written to a socket. */
const TURNS_AT_REST = 3;
const QUIET_WITHIN_REAL_MS: Millis = 10_000;

export function watchSockets(): SocketWatch {
  const open = new Set<Socket>();
  const [dialled, accepted] = [new Set<Socket>(), new Set<Socket>()];
  let dialling = 0;
  let requests = 0;

  const note = (socket: Socket, its: Set<Socket>) => {
    its.add(socket);
    open.add(socket);
    socket.once("close", () => {
      its.delete(socket);
      open.delete(socket);
    });
  };
  const hears = [
    listen<{ socket: Socket }>("net.client.socket", ({ socket }) => {
      note(socket, dialled);
      dialling += 1;
      onceEither(socket, ["connect", "close"], () => {
        dialling -= 1;
      });
    }),
    listen<{ socket: Socket }>("net.server.socket", ({ socket }) => note(socket, accepted)),
    listen<{ response: ServerResponse }>("http.server.request.start", ({ response }) => {
      requests += 1;
      response.once("close", () => {
        requests -= 1;
      });
    }),
  ];

  const countWritten = () => {
    let written = 0;
    for (const socket of open) written += socket.bytesWritten;
    return written;
  };
  const countRead = () => {
    let read = 0;
    for (const socket of open) read += socket.bytesRead;
    return read;
  };
  const isConnected = () => dialling === 0 && dialled.size === accepted.size;
  return {
    async quiet() {
      /** What had been written when all of it had been read. */
      let atRest: number | undefined;
      let giveUpAt: Millis | undefined;
      await turns(1);
      for (;;) {
        const written = countWritten();
        const isIdle = requests === 0 && isConnected();
        if (isIdle && written === atRest) return;
        atRest = isIdle && countRead() === written ? written : undefined;
        await turns(atRest === undefined ? 1 : TURNS_AT_REST);
        giveUpAt ??= performance.now() + QUIET_WITHIN_REAL_MS;
        if (performance.now() > giveUpAt)
          throw new Error(`never quiet: ${requests} requests, ${written} bytes`);
      }
    },
    close() {
      for (const stop of hears) stop();
    },
  };
}

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await new Promise<void>(setImmediate);
}

function onceEither(socket: Socket, events: readonly string[], call: () => void): void {
  const hear = () => {
    for (const event of events) socket.off(event, hear);
    call();
  };
  for (const event of events) socket.on(event, hear);
}

function listen<Message>(channel: string, hear: (message: Message) => void): () => void {
  const onMessage = (message: unknown) => hear(message as Message);
  subscribe(channel, onMessage);
  return () => void unsubscribe(channel, onMessage);
}
