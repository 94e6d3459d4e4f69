/**
 * How long the turns of the event loop take: whatever falls due during a turn waits until it ends. The clock would wake
 * an idle process again and again: the loop itself calls, once in each turn, and only in a rush of turns the clock does.
 */
import type { Millis } from "./clock.ts";

/** Turns that come closer to each other than this are a rush: V8 collecting its heap takes some hundred of them. */
const RUSH_GAP_MS: Millis = 1;
/** So many in a row, and it is one. */
const RUSH_TURNS = 8;

/**
 * Without the time it sat waiting. Called in each turn, for the one before it; keeps no process alive. Being called
 * leaves about a kilobyte of garbage: in a rush some turns are told as one, which is 2 ms at most longer than the
 * longest of them.
 */
export function watchTurns(onTurn: (tookMs: Millis) => void): () => void {
  const timing = performance.nodeTiming;
  let at = performance.now();
  let idleMs = timing.idleTime;
  let rush = 0;
  let cancel = () => {};
  const inNextTurn = () => {
    // Unheld, it waits for a turn that comes anyway and makes none.
    const next = setImmediate(afterOneTurn).unref();
    cancel = () => clearImmediate(next);
  };
  const inRush = () => {
    // The process is awake: at most the last of a rush wakes it, a millisecond after.
    const next = setTimeout(afterSomeTurns, RUSH_GAP_MS).unref();
    cancel = () => clearTimeout(next);
  };
  const tell = (now: Millis) => {
    const idleNow = timing.idleTime;
    onTurn(Math.max(0, now - at - (idleNow - idleMs)));
    at = now;
    idleMs = idleNow;
  };
  const afterOneTurn = () => {
    const now = performance.now();
    rush = now - at < RUSH_GAP_MS ? rush + 1 : 0;
    tell(now);
    if (rush < RUSH_TURNS) inNextTurn();
    else inRush();
  };
  const afterSomeTurns = () => {
    tell(performance.now());
    // One more quick turn, and it goes on.
    rush = RUSH_TURNS - 1;
    inNextTurn();
  };
  inNextTurn();
  return () => cancel();
}

const SMALLEST_MS: Millis = 0.25;
/** From one bin's bound to the next: what a percentile may be too large by. */
const GROWTH = 1.2;
const BINS = 80;

/** Durations in bins that grow, so that a percentile costs no list of them. */
export interface Spread {
  add(ms: Millis): void;
  max(): Millis;
  /** `share` from 0 to 1; 0 while there is nothing. Never below the true one, and above it by one bin at most. */
  percentile(share: number): Millis;
  reset(): void;
}

export function makeSpread(): Spread {
  const bins = new Uint32Array(BINS);
  let count = 0;
  let max = 0;
  return {
    add(ms) {
      const bin = ms <= SMALLEST_MS ? 0 : Math.ceil(Math.log(ms / SMALLEST_MS) / Math.log(GROWTH));
      const at = Math.min(bin, BINS - 1);
      bins[at] = (bins[at] ?? 0) + 1;
      count += 1;
      max = Math.max(max, ms);
    },
    max: () => max,
    percentile(share) {
      let below = 0;
      const at = bins.findIndex((inBin) => {
        below += inBin;
        return below > 0 && below >= share * count;
      });
      return at === -1 ? 0 : Math.min(max, SMALLEST_MS * GROWTH ** at);
    },
    reset() {
      bins.fill(0);
      count = 0;
      max = 0;
    },
  };
}
