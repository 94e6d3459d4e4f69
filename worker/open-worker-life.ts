/** What a worker costs and how it is, for its supervisor and for its own system.log. */
import type { Clock } from "../shared/clock.ts";
import type { WorkerSettings } from "../shared/config/own-settings.ts";
import { DAMAGE, makeDamageReport } from "../shared/damage-report.ts";
import type { ChildLife, startChildLife } from "../shared/ipc/child-life.ts";
import type { Counters } from "../shared/ipc/supervisor-child.ts";
import type { ChannelLogs } from "../shared/log.ts";
import { makeLossReport } from "../shared/loss-report.ts";
import { findPssKb } from "../shared/proc.ts";
import { startSystemMonitor } from "../shared/system-monitor.ts";
import { startUsageWatch, type UsageReader } from "../shared/usage-watch.ts";

/** Who hears how the worker is: its supervisor, or the terminal of one that runs alone. */
export type OpenLife = (
  worker: Pick<
    Parameters<typeof startChildLife>[0],
    "usage" | "counters" | "onPleaseStop" | "onReopenLogs" | "onSettings" | "log"
  >,
) => ChildLife;

export interface WorkerLife {
  readonly life: ChildLife;
  readonly usage: UsageReader;
  readonly pssKb: () => number | undefined;
  readonly alerts: () => readonly string[];
  stop(): void;
}

export function openWorkerLife(using: {
  readonly open: OpenLife;
  readonly logs: ChannelLogs;
  readonly counters: () => Counters;
  readonly onTrouble: (code: string, detail: string) => void;
  readonly onPleaseStop: (because: string) => void;
  readonly onSettings: (settings: WorkerSettings) => void;
  readonly clock: Clock;
}): WorkerLife {
  const { logs, clock, onTrouble } = using;
  const watch = startUsageWatch(clock);
  const usage = watch.reader();
  const life = using.open({
    usage: usage.take,
    counters: using.counters,
    onPleaseStop: using.onPleaseStop,
    onReopenLogs: logs.reopen,
    onSettings: using.onSettings,
    log: logs.instance,
  });
  logs.onLoss(makeLossReport({ clock, tell: (detail) => onTrouble("log-lost", detail) }));
  logs.onError(makeDamageReport((detail) => life.condition.troubleBegins(DAMAGE, detail)));
  const pssKb = () => findPssKb("self");
  const system = startSystemMonitor({
    clock,
    usage: watch.reader(),
    pssKb,
    log: logs.system,
    onAlert: onTrouble,
    onOver: (code) => life.condition.troubleEnds(code),
  });
  return {
    life,
    usage,
    pssKb,
    alerts: system.alerts,
    stop() {
      system.stop();
      life.stop();
      watch.stop();
    },
  };
}
