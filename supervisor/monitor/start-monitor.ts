/**
 * The house from outside: `/metrics` for a Prometheus, `/health`, `/livez` and `/readyz` for whoever watches over it,
 * on one port. What it needs is loaded when the port is on, so that a house without it does not pay for it. A port
 * that cannot be had is said and leaves the house running, and the port it had before open.
 */
import type { Clock } from "../../shared/clock.ts";
import type { Config } from "../../shared/config.ts";
import { toError } from "../../shared/errors.ts";
import type { SupervisorStatus } from "../../shared/ipc/control.ts";
import type { Usage } from "../../shared/ipc/supervisor-child.ts";
import type { Logger } from "../../shared/log.ts";
import type { BackupTimes } from "../backups/describe-backups.ts";
import type { HttpDoor, Pages } from "./http-door.ts";
import { toMetricSamples } from "./metric-samples.ts";
import type { MetricsPage } from "./metrics-page.ts";

export type MonitorAddress = Config["monitor"];

export interface Monitor {
  /** For `status`. */
  troubles(): readonly string[];
  /** undefined while it is closed. */
  port(): number | undefined;
  /** Elsewhere from now on, or nowhere. Resolves with what has changed, in words; empty when nothing has. */
  moveTo(at: MonitorAddress | undefined): Promise<readonly string[]>;
  stop(): Promise<void>;
}

interface OpenDoor extends HttpDoor {
  readonly at: MonitorAddress;
}

type Opened =
  | { readonly is: "open"; readonly door: OpenDoor }
  | { readonly is: "failed"; readonly because: string };

/** As a configured port: no monitor. */
const MONITOR_OFF = 0;
const LOOPBACK = ["127.0.0.1", "::1", "localhost"];
const TEXT = "text/plain; charset=utf-8";

export const findMonitorAddress = ({ monitor }: Pick<Config, "monitor">): MonitorAddress | undefined =>
  monitor.port === MONITOR_OFF ? undefined : monitor;

export function startMonitor(using: {
  /** undefined: nowhere yet. Port 0 is any free one. */
  readonly at: MonitorAddress | undefined;
  readonly status: () => SupervisorStatus;
  /** The supervisor's own, since it was last asked. */
  readonly ownUsage: () => Usage;
  readonly backups: () => BackupTimes;
  readonly clock: Clock;
  readonly log: Logger;
}): Monitor & { readonly opened: Promise<unknown> } {
  const { log } = using;
  let trouble: string | undefined;
  let door: OpenDoor | undefined;
  let isStopped = false;

  const close = async () => {
    const closing = door;
    door = undefined;
    await closing?.close();
  };
  const open = async (at: MonitorAddress): Promise<Opened> => {
    try {
      return { is: "open", door: { ...(await openDoor(at, using)), at } };
    } catch (problem) {
      const { message } = toError(problem);
      log.warn(
        { where: describeAddress(at), because: message },
        "no metrics and health: the port cannot be had",
      );
      return { is: "failed", because: message };
    }
  };
  const move = async (at: MonitorAddress | undefined): Promise<readonly string[]> => {
    if (isStopped) return [];
    trouble = undefined;
    if (isSameAddress(at, door?.at)) return [];
    if (at === undefined) {
      await close();
      log.info("metrics and health are closed");
      return ["- metrics and health are closed"];
    }
    const before = door;
    // At another address of the same port the old one would be in the way of the new one.
    if (before?.at.port === at.port) await close();
    const opened = await open(at);
    if (opened.is === "open") {
      await close();
      door = opened.door;
      return [`~ metrics and health: ${describeAddress({ ...at, port: door.port })}`];
    }
    const again = before && !door ? await open(before.at) : undefined;
    if (again?.is === "open") door = again.door;
    const stay = door ? `; they stay at ${describeAddress(door.at)}` : "";
    trouble = `no metrics and health at ${describeAddress(at)}: ${opened.because}${stay}; set monitor.port to a free one, or to 0`;
    return [`! ${trouble}`];
  };
  /** One after the other: two at once would both open and both close. */
  let moving: Promise<unknown> = Promise.resolve();
  const moveTo: Monitor["moveTo"] = (at) => {
    const moved = moving.then(() => move(at));
    moving = moved;
    return moved;
  };
  return {
    opened: moveTo(using.at),
    troubles: () => (trouble === undefined ? [] : [trouble]),
    port: () => door?.port,
    moveTo,
    async stop() {
      isStopped = true;
      await moving;
      await close();
    },
  };
}

async function openDoor(at: MonitorAddress, using: Parameters<typeof startMonitor>[0]): Promise<HttpDoor> {
  const { log } = using;
  const where = describeAddress(at);
  if (!LOOPBACK.includes(at.host)) {
    log.warn({ where }, "metrics and health can be read from other machines: they name every channel");
  }
  const [{ openHttpDoor }, { makeMetricsPage }] = await Promise.all([
    import("./http-door.ts"),
    import("./metrics-page.ts"),
  ]);
  const door = await openHttpDoor({
    ...at,
    pages: makePages(makeMetricsPage(), using),
    onError: (problem) => log.error({ err: toError(problem) }, "the monitor's door"),
  });
  log.info({ host: at.host, port: door.port }, "metrics and health can be read");
  return door;
}

const isSameAddress = (a: MonitorAddress | undefined, b: MonitorAddress | undefined): boolean =>
  a?.host === b?.host && a?.port === b?.port;

const describeAddress = ({ host, port }: MonitorAddress): string =>
  host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;

function makePages(
  metrics: MetricsPage,
  {
    status,
    ownUsage,
    backups,
    clock,
  }: Pick<Parameters<typeof startMonitor>[0], "status" | "ownUsage" | "backups" | "clock">,
): Pages {
  const text = (isGood: boolean, body: string) => ({
    status: isGood ? (200 as const) : (503 as const),
    contentType: TEXT,
    body: `${body}\n`,
  });
  return {
    async "/metrics"() {
      const samples = toMetricSamples(status(), {
        ownUsage: ownUsage(),
        backups: backups(),
        wallNow: clock.wall(),
      });
      return { status: 200, contentType: metrics.contentType, body: await metrics.render(samples) };
    },
    /** Is all well? */
    "/health"() {
      const { health, sentence } = status();
      return text(health === "healthy", sentence);
    },
    /** Does the supervisor's own loop turn? Whoever is answered has seen it. */
    "/livez": () => text(true, "alive"),
    /** Is any channel served? */
    "/readyz"() {
      const { health, sentence } = status();
      return text(health !== "down", sentence);
    },
  };
}
