/**
 * A house that does not start because of its database has no children that could tell of it, and at night nobody reads
 * its terminal: the operator is told by the same webhook, once for all the tries until it is mended.
 */
import { hostname } from "node:os";
import type { Clock } from "../../shared/clock.ts";
import type { Alerts as AlertSettings } from "../../shared/config/alerts.ts";
import { readAlertMemory, writeAlertMemory } from "./alert-memory.ts";
import { toSight } from "./incidents.ts";
import { planAlerts, toWebhookBody } from "./plan-alerts.ts";
import type { postWebhook } from "./post-webhook.ts";

/** What is not taken now is left to the supervisor that starts next. Never rejected. */
export async function alertRefusal(
  damage: string,
  using: {
    readonly file: string;
    readonly settings: AlertSettings;
    readonly post: typeof postWebhook;
    readonly clock: Clock;
  },
): Promise<void> {
  const { webhook, allow_private } = using.settings;
  if (webhook === undefined) return;
  const before = readAlertMemory(using.file);
  // Nothing is known of whoever told of the others.
  const sight = {
    ...toSight([], { hasLooked: true, damage }, 0),
    present: new Set(before.open.map((one) => one.child)),
  };
  const memory = planAlerts(before, sight, using.clock.wall());
  const alert = memory === before ? undefined : memory.outbox.at(-1);
  const posted = alert
    ? await using
        .post({ url: webhook, mayBePrivate: allow_private }, toWebhookBody(alert, hostname()))
        .catch(() => ({ is: "failed" }) as const)
    : undefined;
  const outbox = posted?.is === "taken" ? memory.outbox.slice(0, -1) : memory.outbox;
  try {
    writeAlertMemory(using.file, { ...memory, outbox });
  } catch {
    // A disk that takes nothing: then it is told once more.
  }
}
