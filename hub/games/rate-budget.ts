/**
 * What a service lets us ask: so many calls in a window, so many at once, so many a month. Whoever comes when there
 * is no room waits in line, as long as that leads anywhere before they lose patience.
 */
import type { Clock, Millis } from "../../shared/clock.ts";

export interface RateLimits {
  readonly calls: number;
  readonly windowMs: Millis;
  readonly openMax: number;
}

export interface RateBudget {
  /** undefined: there is no room in that time. `done` when the answer is there. */
  take(withinMs: Millis): Promise<{ done(): void } | undefined>;
}

interface Waiting {
  readonly until: Millis;
  readonly go: (permit: { done(): void } | undefined) => void;
}

export function makeRateBudget(using: {
  readonly clock: Clock;
  readonly limits: RateLimits;
  /** Whether the month's calls are not used up; asked before each. */
  readonly hasMonthRoom?: () => boolean;
  readonly onCall?: () => void;
}): RateBudget {
  const { clock, limits } = using;
  /** When the calls of the running window went out, the oldest first. */
  let sent: Millis[] = [];
  let open = 0;
  let line: Waiting[] = [];
  let cancelWake = () => {};

  const roomInMs = (now: Millis): Millis => {
    sent = sent.filter((at) => at > now - limits.windowMs);
    const [oldest] = sent;
    return sent.length < limits.calls || oldest === undefined ? 0 : oldest + limits.windowMs - now;
  };
  const makePermit = (now: Millis) => {
    sent.push(now);
    open += 1;
    using.onCall?.();
    let isDone = false;
    return {
      done() {
        if (isDone) return;
        isDone = true;
        open -= 1;
        serve();
      },
    };
  };
  const serve = () => {
    cancelWake();
    const now = clock.now();
    for (const late of line.filter(({ until }) => until <= now)) late.go(undefined);
    line = line.filter(({ until }) => until > now);
    while (line.length > 0 && open < limits.openMax && roomInMs(now) === 0) line.shift()?.go(makePermit(now));
    if (line.length === 0) return;
    const wakeInMs = Math.min(...line.map(({ until }) => until - now), roomInMs(now) || limits.windowMs);
    cancelWake = clock.after(Math.max(1, wakeInMs), serve);
  };
  return {
    take(withinMs) {
      const now = clock.now();
      if (using.hasMonthRoom?.() === false) return Promise.resolve(undefined);
      // Those before us in line come first; what is surely too long is said at once.
      if (roomInMs(now) > withinMs) return Promise.resolve(undefined);
      const { promise, resolve } = Promise.withResolvers<{ done(): void } | undefined>();
      line.push({ until: now + withinMs, go: resolve });
      serve();
      return promise;
    },
  };
}
