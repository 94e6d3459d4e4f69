/** What was measured of a fleet, and its bars. */
import { type Column, renderTable } from "../cli/table.ts";
import { percentile } from "../cli/trial/percentile.ts";
import type { Millis } from "../shared/clock.ts";
import type { Adoption } from "./fleet-falls.ts";
import { mean, type Weight } from "./house-weight.ts";
import { type LoginPace, PACE_LIMITS } from "./login-pace.ts";
import { type Bar, renderBars } from "./promised-bars.ts";

export const FLEET_BARS = {
  idleWorkerMb: 24,
  /** After an hour's worth of messages. */
  workerMb: 28,
  idleWorkerCpuPercent: 0.02,
  supervisorMb: 60,
  idleSupervisorCpuPercent: 2,
  idleHubCpuPercent: 2,
  restartMs: 1_500,
  adoptionMs: 1_000,
} as const;

/** Shares of one core. */
export interface Cpu {
  readonly supervisorPercent: number;
  readonly hubPercent: number;
  /** All of them together. */
  readonly workersPercent: number;
}

export interface FleetRun {
  readonly workers: number;
  readonly readyMs: Millis;
  readonly idle: { readonly weight: Weight; readonly cpu: Cpu };
  readonly load: { readonly weight: Weight; readonly cpu: Cpu };
  /** The workers that had an hour's worth of messages. */
  readonly afterHourMb: readonly number[];
  readonly restartMs: readonly Millis[];
  readonly adoption: Adoption;
  readonly pace: LoginPace;
}

const COLUMNS: readonly Column[] = [
  { title: "workers", align: "right" },
  { title: "ready s", align: "right" },
  { title: "worker MB mean/max: idle", align: "right" },
  { title: "load", align: "right" },
  { title: "hour", align: "right" },
  { title: "hub MB idle/load", align: "right" },
  { title: "supervisor", align: "right" },
  { title: "CPU % idle/load: workers", align: "right" },
  { title: "hub", align: "right" },
  { title: "supervisor", align: "right" },
];

export function renderRuns(runs: readonly FleetRun[]): string {
  const rows = runs.map(({ workers, readyMs, idle, load, afterHourMb }) => ({
    cells: [
      String(workers),
      (readyMs / 1_000).toFixed(1),
      meanAndMax(idle.weight.workersMb),
      meanAndMax(load.weight.workersMb),
      meanAndMax(afterHourMb),
      both(idle.weight.hubMb, load.weight.hubMb, 1),
      both(idle.weight.supervisorMb, load.weight.supervisorMb, 1),
      both(idle.cpu.workersPercent, load.cpu.workersPercent, 2),
      both(idle.cpu.hubPercent, load.cpu.hubPercent, 2),
      both(idle.cpu.supervisorPercent, load.cpu.supervisorPercent, 2),
    ],
  }));
  return renderTable(COLUMNS, rows, Number.POSITIVE_INFINITY).join("\n");
}

export const renderRunBars = (run: FleetRun): string =>
  [`${run.workers} workers:`, ...renderBars(toBars(run))].join("\n");

function toBars(run: FleetRun): readonly Bar[] {
  const { workers, idle, afterHourMb, restartMs, adoption, pace } = run;
  const mb = (what: string, value: number, bar: number): Bar => ({ what, value, bar, unit: "MB", digits: 1 });
  const cpu = (what: string, value: number, bar: number): Bar => ({
    what,
    value,
    bar,
    unit: "% of a core",
    digits: 4,
  });
  const restart = (share: number): Bar => ({
    what: `SIGKILL to ready, p${100 * share} of ${restartMs.length}`,
    value: percentile(restartMs, share),
    bar: FLEET_BARS.restartMs,
    unit: "ms",
    digits: 0,
  });
  const count = (what: string, value: number, bar: number, unit: string): Bar => ({
    what,
    value,
    bar,
    unit,
    digits: 0,
  });
  return [
    mb("worker idle, mean PSS", mean(idle.weight.workersMb), FLEET_BARS.idleWorkerMb),
    mb(
      `worker after an hour's messages, mean PSS of ${afterHourMb.length}`,
      mean(afterHourMb),
      FLEET_BARS.workerMb,
    ),
    cpu("worker idle, mean CPU", idle.cpu.workersPercent / workers, FLEET_BARS.idleWorkerCpuPercent),
    mb("supervisor idle, PSS", idle.weight.supervisorMb, FLEET_BARS.supervisorMb),
    cpu("supervisor idle, CPU", idle.cpu.supervisorPercent, FLEET_BARS.idleSupervisorCpuPercent),
    cpu("hub idle, CPU", idle.cpu.hubPercent, FLEET_BARS.idleHubCpuPercent),
    restart(0.5),
    restart(0.95),
    count(`not adopted, of ${workers}`, workers - adoption.adopted, 0, "workers"),
    count("a supervisor's SIGKILL to all under the next", adoption.tookMs, FLEET_BARS.adoptionMs, "ms"),
    count("most in any 10 s, Twitch's limit as bar", pace.auths, PACE_LIMITS.verified.auths, "logins"),
    count("most in any 10 s, Twitch's limit as bar", pace.joins, PACE_LIMITS.verified.joins, "joins"),
    count("beyond Twitch's limits", pace.refused, 0, "refusals"),
  ];
}

const meanAndMax = (values: readonly number[]): string =>
  `${mean(values).toFixed(1)} / ${Math.max(...values).toFixed(1)}`;
const both = (idle: number, load: number, digits: number): string =>
  `${idle.toFixed(digits)} / ${load.toFixed(digits)}`;
