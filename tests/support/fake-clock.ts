import type { Clock, Millis } from "../../shared/clock.ts";

export interface FakeClock extends Clock {
  /** Moves time on, calling what falls due in order and letting everything it sets off finish before the next. */
  advance(byMs: Millis): Promise<void>;
  /** As for a process that was paused: time passes, and what falls due is called late, by the next `advance`. */
  sleep(forMs: Millis): void;
  /** Timers that are still set: a test that ends with some has left something running. */
  pending(): number;
}

interface Timer {
  at: Millis;
  readonly call: () => void;
  readonly everyMs: Millis | undefined;
}

export function makeFakeClock(wallStart = Date.UTC(2026, 0, 1)): FakeClock {
  let now = 0;
  const timers = new Set<Timer>();
  const set = (timer: Timer) => {
    timers.add(timer);
    return () => {
      timers.delete(timer);
    };
  };
  const nextDue = (until: Millis) =>
    [...timers].filter((timer) => timer.at <= until).sort((a, b) => a.at - b.at)[0];
  return {
    now: () => now,
    wall: () => wallStart + now,
    after: (inMs, call) => set({ at: now + Math.max(0, inMs), call, everyMs: undefined }),
    every: (everyMs, call) => set({ at: now + everyMs, call, everyMs }),
    async advance(byMs) {
      const until = now + byMs;
      await settled();
      for (let due = nextDue(until); due; due = nextDue(until)) {
        now = Math.max(now, due.at);
        if (due.everyMs === undefined) timers.delete(due);
        else due.at += due.everyMs;
        due.call();
        await settled();
      }
      now = until;
    },
    sleep(forMs) {
      now += forMs;
    },
    pending: () => timers.size,
  };
}

/** Resolves when every promise that could settle without time or the network has done so. */
export async function settled(): Promise<void> {
  for (let turns = 0; turns < 3; turns += 1) await new Promise((resolve) => setImmediate(resolve));
}
