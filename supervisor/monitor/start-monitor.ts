/**
 * The house from outside: `/metrics` for a Prometheus, `/health`, `/livez` and `/readyz` for whoever watches over it,
 * on one port. What it needs is loaded when the port is on, so that a house without it does not pay for it. A port
 * that cannot be had is said and leaves the house running.
 */
import type { Clock } from "../../shared/clock.ts";
import type { Config } from "../../shared/config.ts";
import { toError } from "../../shared/errors.ts";
import type { SupervisorStatus } from "../../shared/ipc/control.ts";
import type { Usage } from "../../shared/ipc/supervisor-child.ts";
import type { Logger } from "../../shared/log.ts";
import type { HttpDoor, Pages } from "./http-door.ts";
import { toMetricSamples } from "./metric-samples.ts";
import type { MetricsPage } from "./metrics-page.ts";

export interface Monitor {
  /** For `status`. */
  troubles(): readonly string[];
  /** undefined while it is closed. */
  port(): number | undefined;
  stop(): Promise<void>;
}

/** As a configured port: no monitor. */
export const MONITOR_OFF = 0;

const LOOPBACK = ["127.0.0.1", "::1", "localhost"];
const TEXT = "text/plain; charset=utf-8";

export function startMonitor(using: {
  readonly at: Config["monitor"];
  readonly status: () => SupervisorStatus;
  /** The supervisor's own, since it was last asked. */
  readonly ownUsage: () => Usage;
  readonly clock: Clock;
  readonly log: Logger;
}): Monitor & { readonly opened: Promise<void> } {
  const { at, log } = using;
  const where = `${at.host}:${at.port}`;
  let trouble: string | undefined;
  let door: HttpDoor | undefined;
  const onError = (problem: unknown) => log.error({ err: toError(problem) }, "the monitor's door");

  const open = async () => {
    if (!LOOPBACK.includes(at.host)) {
      log.warn({ where }, "metrics and health can be read from other machines: they name every channel");
    }
    try {
      const [{ openHttpDoor }, { makeMetricsPage }] = await Promise.all([
        import("./http-door.ts"),
        import("./metrics-page.ts"),
      ]);
      const pages = makePages(makeMetricsPage(), using);
      door = await openHttpDoor({ ...at, pages, onError });
      log.info({ host: at.host, port: door.port }, "metrics and health can be read");
    } catch (problem) {
      const { message } = toError(problem);
      trouble = `no metrics and health at ${where}: ${message}; set monitor.port to a free one, or to 0`;
      log.warn({ where, because: message }, "no metrics and health: the port cannot be had");
    }
  };
  const opened = open();
  return {
    opened,
    troubles: () => (trouble === undefined ? [] : [trouble]),
    port: () => door?.port,
    async stop() {
      await opened;
      await door?.close();
      door = undefined;
    },
  };
}

function makePages(
  metrics: MetricsPage,
  { status, ownUsage, clock }: Pick<Parameters<typeof startMonitor>[0], "status" | "ownUsage" | "clock">,
): Pages {
  const text = (isGood: boolean, body: string) => ({
    status: isGood ? (200 as const) : (503 as const),
    contentType: TEXT,
    body: `${body}\n`,
  });
  return {
    async "/metrics"() {
      const samples = toMetricSamples(status(), { ownUsage: ownUsage(), wallNow: clock.wall() });
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
