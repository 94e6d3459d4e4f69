/**
 * What this process costs, a line a minute in its system log, and a word when it costs too much. Watches nothing of
 * its own: `usage` is asked once a minute and answers for that minute.
 */
import type { Clock, Millis } from "./clock.ts";
import type { Usage } from "./ipc/supervisor-child.ts";
import type { Logger } from "./log.ts";
import { type AlertKind, describeAlert, type SystemSample, stepAlerts } from "./system-alerts.ts";

export const SAMPLE_EVERY_MS: Millis = 60_000;

export interface SystemMonitor {
  /** What is too much right now, in words; empty when nothing is. */
  alerts(): readonly string[];
  stop(): void;
}

export function startSystemMonitor(using: {
  readonly clock: Clock;
  /** Since it was last asked. Taken over: stopped with the monitor. */
  readonly usage: { take(): Usage; stop(): void };
  readonly pssKb: () => number | undefined;
  readonly log: Logger;
  /** Called when something begins to be too much, not again while it stays so. */
  readonly onAlert: (code: AlertKind, detail: string) => void;
}): SystemMonitor {
  const { clock, log } = using;
  let alerts: ReadonlyMap<AlertKind, string> = new Map();
  const look = () => {
    const sample: SystemSample = { ...using.usage.take(), pssKb: using.pssKb() };
    log.info({ ...sample }, "system");
    const stepped = stepAlerts([...alerts.keys()], sample);
    alerts = new Map(stepped.active.map((kind) => [kind, describeAlert(kind, sample)]));
    for (const kind of stepped.begun) {
      const detail = describeAlert(kind, sample);
      log.warn({ alert: kind, detail }, "alert");
      using.onAlert(kind, detail);
    }
    for (const kind of stepped.over)
      log.info({ alert: kind, detail: describeAlert(kind, sample) }, "alert is over");
  };
  const cancel = clock.every(SAMPLE_EVERY_MS, look);
  return {
    alerts: () => [...alerts.values()],
    stop() {
      cancel();
      using.usage.stop();
    },
  };
}
