/**
 * One time for a hub and for the simulated Twitch it talks to over real sockets. It moves on only when all that was
 * set off has come to rest, so a day takes as long as its work does and nobody is ever late.
 */
import type { Clock, Millis } from "../../shared/clock.ts";
import { makeIntervals } from "../../shared/intervals.ts";
import type { SimClock } from "../../sim/clock.ts";

export interface SharedTime {
  /** As a process has it. */
  readonly clock: Clock;
  readonly simClock: SimClock;
  /** What falls due meanwhile, in order, each with all that it sets off. */
  advance(byMs: Millis): Promise<void>;
  /** Timers that are set. */
  pending(): number;
}

interface Due {
  readonly at: Millis;
  readonly call: () => void;
}

const WALL_START = Date.UTC(2026, 0, 1);

/** `settle` resolves when nothing is on its way any more. */
export function makeSharedTime(settle: () => Promise<void>): SharedTime {
  let now: Millis = 0;
  const waiting: Due[] = [];

  const after: Clock["after"] = (inMs, call) => {
    const due = { at: now + Math.max(0, inMs), call };
    // Most are set for later than most: the place is looked for from the end.
    let place = waiting.length;
    while (place > 0 && (waiting[place - 1]?.at ?? 0) > due.at) place -= 1;
    waiting.splice(place, 0, due);
    return () => {
      const at = waiting.indexOf(due);
      if (at !== -1) waiting.splice(at, 1);
    };
  };
  const clock: Clock = {
    now: () => now,
    wall: () => WALL_START + now,
    after,
    every: makeIntervals({ now: () => now, after }),
  };
  return {
    clock,
    simClock: toSimClock(clock),
    async advance(byMs) {
      const until = now + byMs;
      await settle();
      for (let next = waiting[0]; next && next.at <= until; next = waiting[0]) {
        waiting.shift();
        now = next.at;
        next.call();
        await settle();
      }
      now = until;
    },
    pending: () => waiting.length,
  };
}

function toSimClock({ wall, after }: Clock): SimClock {
  const isTheTests = () => {
    throw new Error("this time is moved by the test that shares it");
  };
  return {
    now: () => Math.floor(wall()),
    after,
    every(everyMs, call) {
      let cancel = () => {};
      const again = () => {
        cancel = after(everyMs, () => {
          again();
          call();
        });
      };
      again();
      return () => cancel();
    },
    setSpeed: isTheTests,
    speed: () => 1,
    advance: isTheTests,
    stop() {},
  };
}
