/** The page `hub_ctl status` shows: in words first, then each promise with its proof, then what is not as it should be. Pure. */
import type { HubStatus } from "../../shared/ipc/hub-control.ts";
import { formatDuration } from "../duration.ts";
import type { Paint } from "../paint.ts";
import { safeText } from "../safe-text.ts";
import { shareNotes } from "../shared-notes.ts";
import { type Column, hang, renderTable, type TableRow } from "../table.ts";
import { paintHealth } from "./health.ts";

type Subscription = HubStatus["subscriptions"][number];
type Worker = HubStatus["workers"][number];

const PROOF_COLUMNS: readonly Column[] = [
  { title: "proof", align: "left" },
  { title: "seen", align: "right" },
  { title: "bound", align: "right" },
  { title: "of", align: "left", breaks: true },
];
const CONNECTION_COLUMNS: readonly Column[] = [
  { title: "connection", align: "left" },
  { title: "mode", align: "left" },
  { title: "session", align: "left", narrows: 1 },
  { title: "open for", align: "right" },
  { title: "last frame", align: "right" },
];
const SUBSCRIPTION_COLUMNS: readonly Column[] = [
  { title: "channel", align: "left" },
  { title: "topic", align: "left", breaks: true },
  { title: "state", align: "left" },
];
const STATE_AT = SUBSCRIPTION_COLUMNS.findIndex(({ title }) => title === "state");
const WORKER_COLUMNS: readonly Column[] = [
  { title: "worker", align: "left" },
  { title: "link", align: "left" },
  { title: "events sent", align: "right" },
  { title: "unacknowledged", align: "right" },
];
/** A house this small is shown whole; of a larger one only what needs a look. */
const WORKERS_SHOWN_ALL = 10;

export function renderHubStatus(status: HubStatus, paint: Paint, columns: number): string {
  const table = (columnsOf: readonly Column[], rows: readonly TableRow[]) =>
    titled(columnsOf, rows, paint, columns);
  const { eventsub } = status;
  const reasons = shareNotes(status.subscriptions.filter(needsLook).map(toSubscriptionRow), STATE_AT);
  return [
    paintHealth(paint, status.health, safeText(status.sentence)),
    "",
    ...labelled(
      [
        ["process", `pid ${status.pid}, up ${formatDuration(status.uptimeMs)}`],
        ["eventsub", describeEventSub(eventsub)],
        ["token", describeToken(status.token)],
        ...describeBroadcasters(status),
        ["wanted", describeSubscriptions(status)],
        ["workers", describeWorkers(status.workers)],
        ["events", describeEvents(status.events)],
        ["gaps", describeGap(status)],
        ["permits", describePermits(status.permits)],
        ...status.points.map((one): Labelled => ["helix", describePoints(one)]),
      ],
      columns,
    ),
    ...table(PROOF_COLUMNS, status.proofs.map(toProofRow)),
    ...(eventsub.each.length > 1 ? table(CONNECTION_COLUMNS, eventsub.each.map(toConnectionRow)) : []),
    ...table(SUBSCRIPTION_COLUMNS, reasons.rows),
    ...reasons.legend(columns),
    ...table(WORKER_COLUMNS, pickWorkers(status.workers).map(toWorkerRow)),
  ].join("\n");
}

type Labelled = readonly [label: string, text: string];
const labelled = (rows: readonly Labelled[], columns: number): string[] =>
  rows.flatMap(([label, text]) => hang(label.padEnd(10), text, columns));

function titled(
  columnsOf: readonly Column[],
  rows: readonly TableRow[],
  paint: Paint,
  columns: number,
): string[] {
  if (rows.length === 0) return [];
  const [titles = "", ...lines] = renderTable(columnsOf, rows, columns);
  return ["", paint("dim", titles), ...lines];
}

const needsLook = ({ state }: Subscription): boolean => state !== "enabled";
const pickWorkers = (workers: readonly Worker[]): readonly Worker[] =>
  workers.length <= WORKERS_SHOWN_ALL
    ? workers
    : workers.filter((one) => !one.isConnected || one.unacknowledged > 0);

const ago = (ms: number | undefined): string => (ms === undefined ? "never" : `${formatDuration(ms)} ago`);
const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? "" : "s"}`;

function describeEventSub(eventsub: HubStatus["eventsub"]): string {
  const reconnects = counted(eventsub.reconnects, "reconnect");
  const way = `${eventsub.transport}, ${counted(eventsub.connections, "connection")}`;
  const problem = eventsub.problem === undefined ? "" : `; ${safeText(eventsub.problem)}`;
  if (eventsub.sessionId === undefined)
    return `${safeText(eventsub.mode)} (${way}), no session; ${reconnects}${problem}`;
  const since =
    eventsub.connectedForMs === undefined ? "" : ` for ${formatDuration(eventsub.connectedForMs)}`;
  const last = eventsub.lastFrameAgoMs === undefined ? "" : `, last frame ${ago(eventsub.lastFrameAgoMs)}`;
  return `${safeText(eventsub.mode)}${since} (${way})${last}; ${reconnects}${problem}`;
}

/** A login that nobody needs must not look as if it did something. */
function describeBroadcasters({
  broadcasters = [],
  eventsub,
}: HubStatus): readonly (readonly [string, string])[] {
  if (broadcasters.length === 0) return [];
  const lost = broadcasters
    .filter(({ state }) => state === "needs-reauth")
    .map(({ login }) => safeText(login));
  const kept = `${broadcasters.length - lost.length} of ${broadcasters.length} kept good`;
  const use =
    eventsub.transport === "conduit"
      ? "what they granted counts over the conduit"
      : "not used: over a WebSocket every subscription is the bot's";
  return [
    [
      "others",
      `broadcasters' tokens: ${kept}; ${use}${lost.length === 0 ? "" : `; must log in anew: ${lost.join(", ")}`}`,
    ],
  ];
}

function describeToken(token: HubStatus["token"]): string {
  const of = token.login === undefined ? "" : ` (${safeText(token.login)})`;
  const until = token.expiresInMs === undefined ? "" : `, expires in ${formatDuration(token.expiresInMs)}`;
  const proved = token.validatedAgoMs === undefined ? "" : `, validated ${ago(token.validatedAgoMs)}`;
  return `${token.state}${of}${until}${proved}`;
}

function describeSubscriptions({ subscriptions, lastReconcileAgoMs, totals }: HubStatus): string {
  const enabled = subscriptions.length - subscriptions.filter(needsLook).length;
  const compared =
    lastReconcileAgoMs === undefined
      ? "never compared with Twitch yet"
      : `compared with Twitch ${ago(lastReconcileAgoMs)}`;
  const cost = totals ? `; cost ${totals.totalCost} of ${totals.maxTotalCost}` : "";
  return `${enabled} of ${subscriptions.length} subscriptions enabled, ${compared}${cost}`;
}

function describeWorkers(workers: readonly Worker[]): string {
  const connected = workers.filter((one) => one.isConnected).length;
  const unacknowledged = workers.reduce((sum, one) => sum + one.unacknowledged, 0);
  const oldest = Math.max(0, ...workers.map((one) => one.oldestAgoMs ?? 0));
  const waiting =
    unacknowledged === 0
      ? "nothing under way"
      : `${counted(unacknowledged, "event")} not dealt with, the oldest for ${formatDuration(oldest)}`;
  return `${connected} of ${workers.length} connected, ${waiting}`;
}

function describeEvents(events: HubStatus["events"]): string {
  const last = Object.values(events.lastAgoMs);
  const parts = [
    `${events.received} received`,
    `${events.routed} routed`,
    `${events.duplicates} duplicates`,
    `${events.withoutWorker} without a worker`,
    `${events.dropped} dropped`,
  ];
  return `${parts.join(", ")}; last ${last.length === 0 ? "never" : ago(Math.min(...last))}`;
}

function describeGap({ gap, events }: HubStatus): string {
  const parts = [
    gap.isOpen ? "an outage's gap is not filled yet" : "none open",
    `streams looked at ${ago(gap.lastLookAgoMs)}`,
    `${events.recovered} recovered`,
  ];
  if (gap.drifts.length > 0) parts.push(`${gap.drifts.length} that EventSub should have brought`);
  if (gap.uncovered.length > 0)
    parts.push(`followers not covered in ${gap.uncovered.map(({ channel }) => channel).join(", ")}`);
  if (gap.unlookedFor && gap.unlookedFor.length > 0)
    parts.push(`lost while there is no connection: ${gap.unlookedFor.join(", ")}`);
  if (gap.problem !== undefined) parts.push(safeText(gap.problem));
  return parts.join(", ");
}

function describePermits({ send, join, auth, joined }: HubStatus["permits"]): string {
  const line = (name: string, its: typeof send) =>
    `${its.counted} of ${its.limit} ${name}${its.waiting > 0 ? ` (${its.waiting} waiting)` : ""}`;
  const refused = joined.refused.length === 0 ? "" : `, no room for ${joined.refused.join(", ")}`;
  return `${line("sends", send)}, ${line("joins", join)}, ${line("logins", auth)}; ${joined.counted} of ${joined.max} channels joined as a viewer${refused}`;
}

const describePoints = ({ bucket, limit, remaining, resetInMs }: HubStatus["points"][number]): string =>
  `${remaining} of ${limit} points left for ${safeText(bucket)}, full again in ${formatDuration(resetInMs)}`;

const toProofRow = (proof: HubStatus["proofs"][number]) => ({
  cells: [
    proof.state === "not-yet" ? "not due yet" : proof.state,
    ago(proof.agoMs),
    proof.boundMs === 0 ? "" : formatDuration(proof.boundMs),
    proof.what,
  ],
});

const toConnectionRow = (one: HubStatus["eventsub"]["each"][number]) => ({
  cells: [
    `${one.slot}${one.isRetiring ? " (retiring)" : ""}`,
    safeText(one.mode),
    safeText(one.sessionId ?? ""),
    one.connectedForMs === undefined ? "" : formatDuration(one.connectedForMs),
    ago(one.lastFrameAgoMs),
  ],
});

const toSubscriptionRow = (one: Subscription) => ({
  cells: [one.channel, one.topic, one.state],
  note: one.detail === undefined ? undefined : safeText(one.detail),
});

const toWorkerRow = (worker: Worker) => ({
  cells: [
    worker.channel,
    worker.isConnected ? "open" : "away",
    String(worker.eventsSent),
    String(worker.unacknowledged),
  ],
});
