/** What this process costs, for beats, the system log and !stats. */
import { monitorEventLoopDelay } from "node:perf_hooks";
import type { Clock, Millis } from "./clock.ts";
import type { Usage } from "./ipc/supervisor-child.ts";

/** How often the loop is looked at. Every 100 ms, the looks alone cost an idle worker 0.05 % of a core. */
const LOOK_EVERY_MS: Millis = 500;
const NANOS_PER_MS = 1_000_000;
const BYTES_PER_KB = 1_024;

export interface UsageWatch {
  /** Since the last `take`, which it does not disturb. */
  now(): Usage;
  /** Since the last `take`; begins a new span. */
  take(): Usage;
  stop(): void;
}

export function startUsageWatch(clock: Clock): UsageWatch {
  const delays = monitorEventLoopDelay({ resolution: LOOK_EVERY_MS });
  delays.enable();
  let since = clock.now();
  let cpu = process.cpuUsage();
  // What is recorded is the whole interval between two looks.
  const late = (nanos: number): Millis => Math.max(0, Math.round(nanos / NANOS_PER_MS) - LOOK_EVERY_MS);
  const now = (): Usage => {
    const used = process.cpuUsage(cpu);
    const spanMs = clock.now() - since;
    const memory = process.memoryUsage();
    return {
      lagMs: delays.count === 0 ? 0 : late(delays.max),
      lagP99Ms: delays.count === 0 ? 0 : late(delays.percentile(99)),
      cpuPercent: spanMs > 0 ? Math.round((1_000 * (used.user + used.system)) / 1_000 / spanMs) / 10 : 0,
      heapKb: Math.round(memory.heapUsed / BYTES_PER_KB),
      rssKb: Math.round(memory.rss / BYTES_PER_KB),
      handles: process.getActiveResourcesInfo().length,
    };
  };
  return {
    now,
    take() {
      const usage = now();
      delays.reset();
      since = clock.now();
      cpu = process.cpuUsage();
      return usage;
    },
    stop: () => delays.disable(),
  };
}
