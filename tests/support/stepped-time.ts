/** Time that stands still between events, for several processes with clocks of their own. */
import type { Clock, Millis } from "../../shared/clock.ts";

interface Due {
  readonly at: Millis;
  readonly order: number;
  readonly call: () => void;
}

export interface SteppedTime {
  now(): Millis;
  after(inMs: Millis, call: () => void): () => void;
  /** A process's own. A frozen one does nothing until it is thawed, and then everything that fell due meanwhile. */
  startClock(): {
    readonly clock: Clock;
    kill(): void;
    freeze(forMs: Millis): void;
    /** At once, or when it is thawed. */
    whenAwake(call: () => void): void;
  };
  /** Everything that falls due until then, in order, each with what it sets off. */
  run(untilMs: Millis): Promise<void>;
}

export function makeSteppedTime(): SteppedTime {
  let now = 1_000_000;
  let order = 0;
  const due: Due[] = [];
  const add = (inMs: Millis, call: () => void) => {
    const entry = { at: now + Math.max(0, inMs), order: order++, call };
    const before = due.findIndex((other) => other.at > entry.at);
    due.splice(before === -1 ? due.length : before, 0, entry);
    return () => {
      const place = due.indexOf(entry);
      if (place !== -1) due.splice(place, 1);
    };
  };
  return {
    now: () => now,
    after: add,
    startClock() {
      const origin = now - 5_000;
      let isAlive = true;
      let frozenUntil = 0;
      const whenAwake = (call: () => void) => {
        if (!isAlive) return;
        if (now >= frozenUntil) call();
        else add(frozenUntil - now, () => whenAwake(call));
      };
      const after: Clock["after"] = (inMs, call) => {
        let isCancelled = false;
        const cancel = add(inMs, () => whenAwake(() => isCancelled || call()));
        return () => {
          isCancelled = true;
          cancel();
        };
      };
      const every: Clock["every"] = (everyMs, call) => {
        let cancel = () => {};
        const again = () => {
          cancel = after(everyMs, () => {
            again();
            call();
          });
        };
        again();
        return () => cancel();
      };
      return {
        clock: { now: () => now - origin, wall: () => 1_700_000_000_000 + now, after, every },
        whenAwake,
        kill() {
          isAlive = false;
        },
        freeze(forMs) {
          frozenUntil = Math.max(frozenUntil, now + forMs);
        },
      };
    },
    async run(untilMs) {
      for (let next = due[0]; next && next.at <= untilMs; next = due[0]) {
        due.shift();
        now = next.at;
        next.call();
        // What was put off to the end of the turn, and what that put off.
        for (let turns = 0; turns < 4; turns += 1) await null;
      }
      now = untilMs;
    },
  };
}
