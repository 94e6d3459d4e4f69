/** When a process costs too much. Pure. */
import type { Millis } from "./clock.ts";
import type { Usage } from "./ipc/supervisor-child.ts";

export interface SystemSample extends Usage {
  /** undefined where the kernel does not tell; then RSS stands in, which is never less. */
  readonly pssKb: number | undefined;
}

export const ALERT_KINDS = ["high-cpu", "high-memory", "high-lag"] as const;
export type AlertKind = (typeof ALERT_KINDS)[number];

const KB_PER_MB = 1_024;
const CPU_PERCENT_MAX = 50;
const MEMORY_MB_MAX = 500;
const LAG_MS_MAX: Millis = 200;

export interface SteppedAlerts {
  readonly active: readonly AlertKind[];
  /** Each kind stands here once when it begins and once when it is over, however long it lasts. */
  readonly begun: readonly AlertKind[];
  readonly over: readonly AlertKind[];
}

export function stepAlerts(before: readonly AlertKind[], sample: SystemSample): SteppedAlerts {
  const active = ALERT_KINDS.filter((kind) => isTooMuch(kind, sample));
  return {
    active,
    begun: active.filter((kind) => !before.includes(kind)),
    over: before.filter((kind) => !active.includes(kind)),
  };
}

/** A figure at its bar is not above it. */
function isTooMuch(kind: AlertKind, sample: SystemSample): boolean {
  switch (kind) {
    case "high-cpu":
      return sample.cpuPercent > CPU_PERCENT_MAX;
    case "high-memory":
      return memoryKb(sample) > MEMORY_MB_MAX * KB_PER_MB;
    case "high-lag":
      return sample.lagMs > LAG_MS_MAX;
  }
}

const memoryKb = (sample: SystemSample): number => sample.pssKb ?? sample.rssKb;

export function describeAlert(kind: AlertKind, sample: SystemSample): string {
  switch (kind) {
    case "high-cpu":
      return `CPU ${sample.cpuPercent.toFixed(1)}% (bar ${CPU_PERCENT_MAX}%)`;
    case "high-memory":
      return `memory ${Math.round(memoryKb(sample) / KB_PER_MB)}MB (bar ${MEMORY_MB_MAX}MB)`;
    case "high-lag":
      return `event loop ${Math.round(sample.lagMs)}ms late (bar ${LAG_MS_MAX}ms)`;
  }
}
