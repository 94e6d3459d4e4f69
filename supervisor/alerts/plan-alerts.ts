/**
 * When the operator is told: once when an incident begins, and once when it is over. It is over when the child that told
 * of it works without it for a while, or is wanted no more; a child that is away proves nothing. Pure.
 */
import * as v from "valibot";
import type { Millis } from "../../shared/clock.ts";
import { ChildId } from "../../shared/ids.ts";
import type { Incident, Sight } from "./incidents.ts";

/** Wall times: a supervisor's successor goes on with them. */
const OpenIncident = v.object({
  key: v.string(),
  child: ChildId,
  text: v.string(),
  since: v.number(),
  /** Since when it looks as if it were over. */
  quietSince: v.optional(v.number()),
});
export type OpenIncident = v.InferOutput<typeof OpenIncident>;

export const Alert = v.object({
  event: v.picklist(["incident-began", "incident-over"]),
  key: v.string(),
  child: ChildId,
  text: v.string(),
  since: v.number(),
  at: v.number(),
});
export type Alert = v.InferOutput<typeof Alert>;

export const AlertMemory = v.object({
  open: v.array(OpenIncident),
  /** Not taken by the webhook yet, the oldest first. */
  outbox: v.array(Alert),
});
export type AlertMemory = v.InferOutput<typeof AlertMemory>;

export const nothingOpen: AlertMemory = { open: [], outbox: [] };

/** A child that was adopted is known before it has told what it waits for. */
export const QUIET_FOR_MS: Millis = 5_000;
/** An alert nobody took for a day is no news any more. */
export const STALE_AFTER_MS: Millis = 24 * 60 * 60_000;
export const OUTBOX_MAX = 50;

/** The same memory comes back when nothing has changed. */
export function planAlerts(memory: AlertMemory, sight: Sight, wallNow: Millis): AlertMemory {
  const told = new Map(sight.incidents.map((one) => [one.key, one]));
  const alerts: Alert[] = [];
  const open = memory.open.flatMap((one): readonly OpenIncident[] => {
    if (told.has(one.key)) return [one.quietSince === undefined ? one : withoutQuiet(one)];
    if (!isQuiet(one, sight)) return [one];
    const quietSince = one.quietSince ?? wallNow;
    if (wallNow - quietSince < QUIET_FOR_MS)
      return [one.quietSince === undefined ? { ...one, quietSince } : one];
    alerts.push(toAlert("incident-over", one, wallNow));
    return [];
  });
  const known = new Set(memory.open.map(({ key }) => key));
  for (const incident of sight.incidents) {
    if (known.has(incident.key)) continue;
    const begun = { ...incident, since: wallNow };
    open.push(begun);
    alerts.push(toAlert("incident-began", begun, wallNow));
  }
  const outbox = [...memory.outbox.filter(({ at }) => wallNow - at < STALE_AFTER_MS), ...alerts].slice(
    -OUTBOX_MAX,
  );
  const isSame =
    outbox.length === memory.outbox.length &&
    alerts.length === 0 &&
    open.length === memory.open.length &&
    open.every((one, at) => one === memory.open[at]);
  return isSame ? memory : { open, outbox };
}

const isQuiet = (one: OpenIncident, { atWork, present }: Sight): boolean =>
  atWork.has(one.child) || !present.has(one.child);

const withoutQuiet = ({ quietSince: _, ...one }: OpenIncident): OpenIncident => one;

const toAlert = (
  event: Alert["event"],
  { key, child, text, since }: Incident & { readonly since: Millis },
  at: Millis,
): Alert => ({ event, key, child, text, since, at });

/** What is posted: `text` and `content` say the same, because Slack reads the one and Discord the other. */
export function toWebhookBody(alert: Alert, house: string): Readonly<Record<string, string>> {
  const isOver = alert.event === "incident-over";
  const since = new Date(alert.since).toISOString();
  const line = isOver
    ? `KissBot on ${house}: over since ${new Date(alert.at).toISOString()}: ${alert.text}`
    : `KissBot on ${house}: ${alert.text}`;
  return {
    text: line,
    content: line,
    event: alert.event,
    incident: alert.key,
    child: alert.child,
    detail: alert.text,
    house,
    since,
    at: new Date(alert.at).toISOString(),
  };
}
