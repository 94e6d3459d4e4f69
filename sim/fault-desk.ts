import type { Fault, FaultPlace } from "./faults.ts";

/** Which lasting faults are on now. One-shot faults (cut, garble, send-reconnect, expire…) are heard through `onFault`. */
export interface FaultDesk {
  apply(fault: Fault): void;
  /** Told of every fault after it was noted, lasting and one-shot alike. */
  onFault(listen: (fault: Fault) => void): () => void;
  connections(place: "irc" | "eventsub"): "accept" | "refuse" | "accept-then-close";
  isMute(place: "irc" | "eventsub"): boolean;
  hasWelcome(): boolean;
  delayMs(place: FaultPlace): number;
  dropShare(place: "irc" | "eventsub"): number;
  /** How the next notification is to be delivered; counts itself down. */
  takeDuplicate(): { readonly times: number; readonly newId: boolean };
  /** What to do with this request instead of answering it; counts itself down. */
  takeAnswer(
    place: "helix" | "id",
    path: string,
  ):
    | { readonly is: "normal" }
    | { readonly is: "status"; readonly status: number; readonly isBare: boolean }
    | { readonly is: "hang" };
}

interface Counted {
  readonly fault: Extract<Fault, { do: "answer" | "hang" }>;
  left: number;
}

const isAboutTheSame = (one: Counted["fault"], other: Counted["fault"]) =>
  one.do === other.do && one.place === other.place && one.path === other.path;

export function makeFaultDesk(): FaultDesk {
  const listeners = new Set<(fault: Fault) => void>();
  const connections = { irc: "accept", eventsub: "accept" } as Record<
    "irc" | "eventsub",
    "accept" | "refuse" | "accept-then-close"
  >;
  const mute = { irc: false, eventsub: false };
  const delay: Record<FaultPlace, number> = { irc: 0, eventsub: 0, helix: 0, id: 0 };
  const drop = { irc: 0, eventsub: 0 };
  let hasWelcome = true;
  let duplicate = { times: 1, newId: false, left: 0 };
  let answers: Counted[] = [];

  const note = (fault: Fault) => {
    switch (fault.do) {
      case "refuse":
      case "accept-then-close":
        connections[fault.place] = fault.on ? fault.do : "accept";
        return;
      case "mute":
        mute[fault.place] = fault.on;
        return;
      case "no-welcome":
        hasWelcome = !fault.on;
        return;
      case "delay":
        delay[fault.place] = fault.ms;
        return;
      case "drop":
        drop[fault.place] = fault.share;
        return;
      case "duplicate":
        duplicate = { times: fault.times, newId: fault.newId, left: fault.count };
        return;
      case "answer":
      case "hang":
        if (fault.count > 0) answers.push({ fault, left: fault.count });
        else answers = answers.filter((one) => !isAboutTheSame(one.fault, fault));
        return;
      default:
        return;
    }
  };

  return {
    apply(fault) {
      note(fault);
      for (const listen of listeners) listen(fault);
    },
    onFault(listen) {
      listeners.add(listen);
      return () => {
        listeners.delete(listen);
      };
    },
    connections: (place) => connections[place],
    isMute: (place) => mute[place],
    hasWelcome: () => hasWelcome,
    delayMs: (place) => delay[place],
    dropShare: (place) => drop[place],
    takeDuplicate() {
      if (duplicate.left <= 0) return { times: 1, newId: false };
      duplicate.left -= 1;
      return { times: duplicate.times, newId: duplicate.newId };
    },
    takeAnswer(place, path) {
      const hit = answers.find((one) => one.fault.place === place && path.includes(one.fault.path));
      if (!hit) return { is: "normal" };
      hit.left -= 1;
      answers = answers.filter((one) => one.left > 0);
      return hit.fault.do === "hang"
        ? { is: "hang" }
        : { is: "status", status: hit.fault.status, isBare: hit.fault.isBare ?? false };
    },
  };
}
