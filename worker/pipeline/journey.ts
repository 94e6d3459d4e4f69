/** One signal's way through the rooms: what was found out about it, and how long each room took. */
import type { Clock, Millis } from "../../shared/clock.ts";
import type { Signal } from "../signal.ts";
import type { Recognised } from "./recognise.ts";

export type Room = "receive" | "recognise" | "admit" | "run" | "turn" | "render" | "deliver";

export interface Journey {
  readonly signal: Signal;
  /** Set when room `recognise` has found whose it is. */
  recognised: Recognised | undefined;
  /** Closes the room: what passed since the last one was its time. */
  leave(room: Room): void;
  readonly roomsMs: Readonly<Partial<Record<Room, Millis>>>;
}

export function startJourney(signal: Signal, clock: Clock): Journey {
  const roomsMs: Partial<Record<Room, Millis>> = {};
  let enteredAt = clock.now();
  return {
    signal,
    recognised: undefined,
    leave(room) {
      const now = clock.now();
      roomsMs[room] = roundMs(now - enteredAt);
      enteredAt = now;
    },
    roomsMs,
  };
}

export const roundMs = (ms: Millis): Millis => Math.round(ms * 1_000) / 1_000;
