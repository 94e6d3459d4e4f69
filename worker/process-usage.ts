/** What this process costs, for !stats. */
import type { Clock } from "../shared/clock.ts";
import { findPssKb } from "../shared/proc.ts";

export interface ProcessUsage {
  readonly pssKb: number | undefined;
  readonly cpuPercent: number;
}

/** The share of one core used since the last time somebody asked. */
export function makeUsageReader(clock: Clock): () => ProcessUsage {
  let at = clock.now();
  let cpu = process.cpuUsage();
  return () => {
    const now = clock.now();
    const used = process.cpuUsage(cpu);
    const cpuMs = (used.user + used.system) / 1_000;
    const cpuPercent = now > at ? (100 * cpuMs) / (now - at) : 0;
    at = now;
    cpu = process.cpuUsage();
    return { pssKb: findPssKb("self"), cpuPercent };
  };
}
