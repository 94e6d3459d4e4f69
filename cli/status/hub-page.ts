/** The page `hub_ctl status` shows. Pure. */
import type * as v from "valibot";
import type { HubStatus as HubStatusSchema } from "../../shared/ipc/control.ts";
import { formatDuration } from "../duration.ts";
import type { Paint } from "../paint.ts";
import { safeText } from "../safe-text.ts";
import { type Column, renderTable } from "../table.ts";
import { paintHealth } from "./health.ts";

type HubStatus = v.InferOutput<typeof HubStatusSchema>;
type Subscription = HubStatus["subscriptions"][number];

const SUBSCRIPTION_COLUMNS: readonly Column[] = [
  { title: "channel", align: "left" },
  { title: "topic", align: "left" },
  { title: "state", align: "left" },
];
const WORKER_COLUMNS: readonly Column[] = [
  { title: "worker", align: "left" },
  { title: "link", align: "left" },
  { title: "events sent", align: "right" },
  { title: "unacknowledged", align: "right" },
];

export function renderHubStatus(status: HubStatus, paint: Paint, columns: number): string {
  return [
    paintHealth(paint, status.health, safeText(status.sentence)),
    "",
    ...labelled([
      ["process", `pid ${status.pid}, up ${formatDuration(status.uptimeMs)}`],
      ["eventsub", describeEventSub(status.eventsub)],
      ["token", describeToken(status.token)],
      ["wanted", describeSubscriptions(status)],
      ["events", describeEvents(status.events)],
    ]),
    ...titled(SUBSCRIPTION_COLUMNS, status.subscriptions.map(toSubscriptionRow), paint, columns),
    ...titled(WORKER_COLUMNS, status.workers.map(toWorkerRow), paint, columns),
  ].join("\n");
}

function titled(
  columnsOf: readonly Column[],
  rows: Parameters<typeof renderTable>[1],
  paint: Paint,
  columns: number,
): string[] {
  if (rows.length === 0) return [];
  const [titles = "", ...lines] = renderTable(columnsOf, rows, columns);
  return ["", paint("dim", titles), ...lines];
}

const labelled = (rows: readonly (readonly [string, string])[]): string[] =>
  rows.map(([label, text]) => `${label.padEnd(10)}${text}`);

function describeEventSub(eventsub: HubStatus["eventsub"]): string {
  const reconnects = `${eventsub.reconnects} ${eventsub.reconnects === 1 ? "reconnect" : "reconnects"}`;
  if (eventsub.sessionId === undefined) return `${safeText(eventsub.mode)}, no session; ${reconnects}`;
  const since =
    eventsub.connectedForMs === undefined ? "" : ` for ${formatDuration(eventsub.connectedForMs)}`;
  const last =
    eventsub.lastFrameAgoMs === undefined
      ? ""
      : `, last frame ${formatDuration(eventsub.lastFrameAgoMs)} ago`;
  return `${safeText(eventsub.mode)}, session ${safeText(eventsub.sessionId)} open${since}${last}; ${reconnects}`;
}

function describeToken(token: HubStatus["token"]): string {
  const of = token.login === undefined ? "" : ` (${safeText(token.login)})`;
  const until = token.expiresInMs === undefined ? "" : `, expires in ${formatDuration(token.expiresInMs)}`;
  return `${token.state}${of}${until}`;
}

function describeSubscriptions({ subscriptions, lastReconcileAgoMs }: HubStatus): string {
  const enabled = subscriptions.filter((one) => one.state === "enabled").length;
  const compared =
    lastReconcileAgoMs === undefined
      ? "never compared with Twitch yet"
      : `compared with Twitch ${formatDuration(lastReconcileAgoMs)} ago`;
  return `${enabled} of ${subscriptions.length} subscriptions enabled, ${compared}`;
}

const describeEvents = (events: HubStatus["events"]): string =>
  `${events.received} received, ${events.routed} routed, ${events.duplicates} duplicates, ${events.withoutWorker} without a worker`;

const toSubscriptionRow = (one: Subscription) => ({
  cells: [one.channel, one.topic, one.state],
  note: one.detail === undefined ? undefined : safeText(one.detail),
});

const toWorkerRow = (worker: HubStatus["workers"][number]) => ({
  cells: [
    worker.channel,
    worker.isConnected ? "open" : "away",
    String(worker.eventsSent),
    String(worker.unacknowledged),
  ],
});
