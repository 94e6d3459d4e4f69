/**
 * The simulator's clock: wall time that can be sped up or jumped forward. Everything in the simulator that waits
 * or stamps asks this clock, so one speed change moves tokens, keepalives, rate windows and scripted viewers alike.
 */
export interface SimClock {
  /** Simulated milliseconds since the epoch. */
  now(): number;
  /** Calls back once, `inMs` simulated milliseconds from now. The returned function cancels it. */
  after(inMs: number, call: () => void): () => void;
  every(everyMs: number, call: () => void): () => void;
  /** 1 is real time; 60 lets a minute pass in a second. Never 0: use `advance` to jump. */
  setSpeed(speed: number): void;
  speed(): number;
  /** Jumps ahead; whatever would have been called meanwhile is called now, in order. */
  advance(byMs: number): void;
  stop(): void;
}

interface Waiting {
  readonly at: number;
  readonly order: number;
  readonly call: () => void;
}

/** Node's timers take at most 2^31-1 ms; a longer wait is walked in steps. */
const NODE_TIMER_MAX_MS = 2 ** 31 - 1;

export function startSimClock(using: { readonly startAt?: number; readonly speed?: number } = {}): SimClock {
  let speed = using.speed ?? 1;
  let simAtAnchor = using.startAt ?? Date.now();
  let realAtAnchor = performance.now();
  let order = 0;
  let timer: NodeJS.Timeout | undefined;
  /** While `advance` runs callbacks, time stands at each callback's own instant. */
  let frozenAt: number | undefined;
  const waiting = new Set<Waiting>();

  const now = () => frozenAt ?? simAtAnchor + (performance.now() - realAtAnchor) * speed;
  const next = () => {
    let first: Waiting | undefined;
    for (const one of waiting) {
      if (!first || one.at < first.at || (one.at === first.at && one.order < first.order)) first = one;
    }
    return first;
  };
  const arm = () => {
    clearTimeout(timer);
    const first = next();
    if (!first || frozenAt !== undefined) return;
    timer = setTimeout(runDue, Math.min(Math.max(0, (first.at - now()) / speed), NODE_TIMER_MAX_MS));
  };
  const runDue = () => {
    for (let first = next(); first && first.at <= now(); first = next()) {
      waiting.delete(first);
      first.call();
    }
    arm();
  };
  const after = (inMs: number, call: () => void) => {
    const one: Waiting = { at: now() + Math.max(0, inMs), order: order++, call };
    waiting.add(one);
    if (next() === one) arm();
    return () => {
      waiting.delete(one);
    };
  };

  return {
    now: () => Math.floor(now()),
    after,
    every(everyMs, call) {
      let cancelled = false;
      let cancel = () => {};
      const again = () => {
        if (cancelled) return;
        cancel = after(everyMs, again);
        call();
      };
      cancel = after(everyMs, again);
      return () => {
        cancelled = true;
        cancel();
      };
    },
    setSpeed(to) {
      if (!(to > 0)) throw new RangeError(`clock speed must be above 0, not ${to}`);
      simAtAnchor = now();
      realAtAnchor = performance.now();
      speed = to;
      arm();
    },
    speed: () => speed,
    advance(byMs) {
      if (!(byMs >= 0)) throw new RangeError(`a clock is advanced by 0 ms or more, not ${byMs}`);
      const until = now() + byMs;
      for (let first = next(); first && first.at <= until; first = next()) {
        waiting.delete(first);
        frozenAt = Math.max(first.at, frozenAt ?? first.at);
        first.call();
      }
      frozenAt = undefined;
      simAtAnchor = until;
      realAtAnchor = performance.now();
      arm();
    },
    stop() {
      clearTimeout(timer);
      waiting.clear();
    },
  };
}
