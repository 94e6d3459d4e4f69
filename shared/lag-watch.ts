import { monitorEventLoopDelay } from "node:perf_hooks";
import type { Millis } from "./clock.ts";

/** How often the loop is looked at. Finer would wake an idle process for nothing. */
const LOOK_EVERY_MS: Millis = 100;
const NANOS_PER_MS = 1_000_000;

export interface LagWatch {
  /** The longest the loop was late since the last `take`. */
  lagMs(): Millis;
  take(): Millis;
  stop(): void;
}

export function startLagWatch(): LagWatch {
  const delays = monitorEventLoopDelay({ resolution: LOOK_EVERY_MS });
  delays.enable();
  // What is recorded is the whole interval between two looks.
  const lagMs = () => Math.max(0, Math.round(delays.max / NANOS_PER_MS) - LOOK_EVERY_MS);
  return {
    lagMs,
    take() {
      const lag = lagMs();
      delays.reset();
      return lag;
    },
    stop: () => delays.disable(),
  };
}
