/**
 * A wire within one process, for two ends that otherwise meet on a socket. What is said arrives as it would there: in
 * order, in a later turn, as a copy, and not at all once either end has closed.
 */
import type { Wire, WireEnd } from "./wire.ts";

interface End {
  readonly wire: Wire;
  receive(message: unknown): void;
  finish(because: WireEnd): void;
}

export function makeMemoryWire(): readonly [Wire, Wire] {
  const left: End = makeEnd(() => right);
  const right: End = makeEnd(() => left);
  return [left.wire, right.wire];
}

function makeEnd(peer: () => End): End {
  let listenMessage: ((message: unknown) => void) | undefined;
  let listenClosed: ((because: WireEnd) => void) | undefined;
  let early: unknown[] = [];
  let end: WireEnd | undefined;

  const finish = (because: WireEnd) => {
    if (end) return;
    end = because;
    listenClosed?.(because);
  };
  return {
    finish,
    receive(message) {
      if (end) return;
      if (listenMessage) listenMessage(message);
      else early.push(message);
    },
    wire: {
      write(message) {
        if (end) return "closed";
        // Said now: what becomes of the object afterwards is not what was said.
        const text = typeof message === "string" ? message : JSON.stringify(message);
        queueMicrotask(() => peer().receive(JSON.parse(text)));
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
        // After what was written before.
        queueMicrotask(() => peer().finish({ is: "peer-left" }));
      },
    },
  };
}
