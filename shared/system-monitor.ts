/**
 * What this process costs, a line for its start and one a minute in its system log, and a word when it costs too much.
 * Watches nothing of its own: `usage` is asked and answers for the time since.
 */
import type { Clock, Millis } from "./clock.ts";
import type { Usage } from "./ipc/supervisor-child.ts";
import type { Logger } from "./log.ts";
import { type AlertKind, describeAlert, type SystemSample, stepAlerts } from "./system-alerts.ts";

export const SAMPLE_EVERY_MS: Millis = 60_000;
export const STARTED_WITHIN_MS: Millis = 5_000;
/** RSS is told by the way and PSS takes the kernel milliseconds: while the one stays, so does the other, nearly. */
const RSS_MOVED_KB = 1_024;
/** Who shares our pages may have changed meanwhile. */
const PSS_SAMPLES_MAX = 10;

export interface SystemMonitor {
  /** What is too much right now, in words; empty when nothing is. */
  alerts(): readonly string[];
  stop(): void;
}

export function startSystemMonitor(using: {
  readonly clock: Clock;
  /** Since it was last asked. */
  readonly usage: { take(): Usage };
  readonly pssKb: () => number | undefined;
  readonly log: Logger;
  /** Called when something begins to be too much, not again while it stays so. */
  readonly onAlert: (code: AlertKind, detail: string) => void;
  readonly onOver?: (code: AlertKind) => void;
}): SystemMonitor {
  const { clock, log } = using;
  let alerts: ReadonlyMap<AlertKind, string> = new Map();
  const findPssKb = askSeldom(using.pssKb);
  const sampleNow = (): SystemSample => {
    const usage = using.usage.take();
    const sample = { ...usage, pssKb: findPssKb(usage.rssKb) };
    log.info({ ...sample }, "system");
    return sample;
  };
  const look = () => {
    const sample = sampleNow();
    const stepped = stepAlerts([...alerts.keys()], sample);
    alerts = new Map(stepped.active.map((kind) => [kind, describeAlert(kind, sample)]));
    for (const kind of stepped.begun) {
      const detail = describeAlert(kind, sample);
      log.warn({ alert: kind, detail }, "alert");
      using.onAlert(kind, detail);
    }
    for (const kind of stepped.over) {
      log.info({ alert: kind, detail: describeAlert(kind, sample) }, "alert is over");
      using.onOver?.(kind);
    }
  };
  // What starting costs is told by itself and is no reason for alarm.
  const cancelFirst = clock.after(STARTED_WITHIN_MS, sampleNow);
  const cancel = clock.every(SAMPLE_EVERY_MS, look);
  return {
    alerts: () => [...alerts.values()],
    stop() {
      cancelFirst();
      cancel();
    },
  };
}

function askSeldom(findPssKb: () => number | undefined): (rssKb: number) => number | undefined {
  let known: { readonly pssKb: number | undefined; readonly rssKb: number } | undefined;
  let samples = 0;
  return (rssKb) => {
    samples += 1;
    if (known && samples < PSS_SAMPLES_MAX && Math.abs(rssKb - known.rssKb) < RSS_MOVED_KB)
      return known.pssKb;
    samples = 0;
    known = { pssKb: findPssKb(), rssKb };
    return known.pssKb;
  };
}
