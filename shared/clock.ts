import { makeIntervals } from "./intervals.ts";

/** Milliseconds, as a duration or as an instant of a Clock. */
export type Millis = number;

/** Time as an ingredient: everything that waits or measures is handed one of these. */
export interface Clock {
  /** Monotonic: only differences mean something. */
  now(): Millis;
  /** Wall time, milliseconds since the epoch: for stamps that leave the process. */
  wall(): Millis;
  /** Calls back once. The returned function cancels it and may be called at any time. */
  after(inMs: Millis, call: () => void): () => void;
  /** The first call may come sooner than `everyMs` from now, so that what repeats does so together (intervals.ts). */
  every(everyMs: Millis, call: () => void): () => void;
}

const now = () => performance.now();
const after: Clock["after"] = (inMs, call) => {
  const timer = setTimeout(call, inMs);
  return () => clearTimeout(timer);
};

export const systemClock: Clock = {
  now,
  wall: () => Date.now(),
  after,
  every: makeIntervals({ now, after }),
};
