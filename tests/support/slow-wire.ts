/** Two ends of a wire on which every message waits until a test lets it pass. */
import type { Encoded, Wire, WireEnd } from "../../shared/ipc/wire.ts";

export interface SlowWire {
  readonly ends: readonly [Wire, Wire];
  /** The oldest message on its way to that end arrives. False: there is none. */
  pass(to: 0 | 1): boolean;
  isCut(): boolean;
  /** What is under way still arrives at those ends, as what a socket holds does when its peer was killed. */
  cut(arrivesAt: readonly (0 | 1)[]): void;
}

interface End {
  readonly waiting: unknown[];
  listenMessage: (message: unknown) => void;
  listenClosed: (because: WireEnd) => void;
}

/** `onPassed`: hears what arrives at end 0. */
export function makeSlowWire(onPassed: (message: unknown) => void = () => {}): SlowWire {
  const ends: readonly [End, End] = [makeEnd(), makeEnd()];
  let isCut = false;
  const pass = (to: 0 | 1) => {
    const end = ends[to];
    if (end.waiting.length === 0) return false;
    const message = end.waiting.shift();
    if (to === 0) onPassed(message);
    end.listenMessage(message);
    return true;
  };
  const cut = (arrivesAt: readonly (0 | 1)[]) => {
    if (isCut) return;
    isCut = true;
    for (const to of arrivesAt) while (pass(to));
    for (const end of ends) end.waiting.length = 0;
    for (const end of ends) end.listenClosed({ is: "peer-left" });
  };
  const wireOf = (own: End, peer: End): Wire => ({
    write(message: object | Encoded<object>) {
      if (isCut) return "closed";
      peer.waiting.push(JSON.parse(typeof message === "string" ? message : JSON.stringify(message)));
      return "written";
    },
    onMessage(listen) {
      own.listenMessage = listen;
    },
    onClosed(listen) {
      own.listenClosed = listen;
      if (isCut) listen({ is: "peer-left" });
    },
    close: () => cut([0, 1]),
  });
  return {
    ends: [wireOf(ends[0], ends[1]), wireOf(ends[1], ends[0])],
    pass,
    isCut: () => isCut,
    cut,
  };
}

const makeEnd = (): End => ({ waiting: [], listenMessage: () => {}, listenClosed: () => {} });
