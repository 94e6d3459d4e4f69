/** The hub as its supervisor knows it: how far it is, what it costs, and the word to stop. */
import type { Clock } from "../shared/clock.ts";
import { DAMAGE, makeDamageReport } from "../shared/damage-report.ts";
import type { Home } from "../shared/home.ts";
import type { Login } from "../shared/ids.ts";
import { type ChildLife, startChildLife } from "../shared/ipc/child-life.ts";
import type { HubPapers } from "../shared/ipc/papers.ts";
import { makeLossReport } from "../shared/loss-report.ts";
import { startSystemMonitor } from "../shared/system-monitor.ts";
import { startUsageWatch, type UsageReader } from "../shared/usage-watch.ts";
import type { HubLogs } from "./open-hub-logs.ts";

export interface HubLife {
  readonly life: ChildLife;
  readonly usage: UsageReader;
  /** The last to be stopped: what goes wrong until then is told. */
  stop(): void;
}

export function openHubLife(using: {
  readonly home: Home;
  readonly papers: HubPapers;
  readonly logs: HubLogs;
  readonly eventsSeen: () => number;
  readonly onBeat: () => void;
  readonly onPleaseStop: (because: string) => void;
  readonly onChannels: (channels: readonly Login[]) => void;
  /** Of this process; undefined where nobody tells. */
  readonly pssKb: () => number | undefined;
  readonly clock: Clock;
  readonly random: () => number;
}): HubLife {
  const { logs, clock, eventsSeen } = using;
  const watch = startUsageWatch(clock);
  const usage = watch.reader();
  const life = startChildLife({
    ...using,
    path: using.home.supervisorSocket,
    pid: process.pid,
    log: logs.log,
    usage: usage.take,
    counters: () => ({
      messagesSeen: 0,
      messagesAnswered: 0,
      messagesSent: 0,
      eventsSeen: eventsSeen(),
      chatLink: "none",
      hubLink: "none",
    }),
    onReopenLogs: logs.reopen,
  });
  logs.onLoss(makeLossReport({ clock, tell: (detail) => life.trouble("log-lost", detail) }));
  logs.onError(makeDamageReport((detail) => life.condition.troubleBegins(DAMAGE, detail)));
  const system = startSystemMonitor({
    clock,
    usage: watch.reader(),
    pssKb: using.pssKb,
    log: logs.system,
    onAlert: life.condition.troubleBegins,
    onOver: life.condition.troubleEnds,
  });
  return {
    life,
    usage,
    stop() {
      watch.stop();
      system.stop();
      life.stop();
    },
  };
}
