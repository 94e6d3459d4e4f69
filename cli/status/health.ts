import type { Health } from "../../shared/ipc/control-words.ts";
import type { Paint, Style } from "../paint.ts";

/** What `status` and `hub_ctl status` end with, for scripts and health checks. */
export const healthExitCode: Readonly<Record<Health, number>> = { healthy: 0, degraded: 1, down: 2 };

const healthStyle: Readonly<Record<Health, Style>> = { healthy: "green", degraded: "yellow", down: "red" };

export const paintHealth = (paint: Paint, health: Health, text: string): string =>
  paint("bold", paint(healthStyle[health], text));
