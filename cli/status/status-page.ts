/** The page `kissbot.sh status` shows: first a sentence, then one row per process, trouble first. Pure. */
import type { ChannelWish, ChildStatus, SupervisorStatus } from "../../shared/ipc/control.ts";
import { describeWish } from "../channels/channel-page.ts";
import { formatDuration, formatLatency } from "../duration.ts";
import type { Paint } from "../paint.ts";
import { safeText } from "../safe-text.ts";
import { type Column, cut, renderTable, type TableRow } from "../table.ts";
import { paintHealth } from "./health.ts";
import { formatMb } from "./memory-size.ts";

const COLUMNS: readonly Column[] = [
  { title: "channel", align: "left" },
  { title: "state", align: "left" },
  { title: "pid", align: "right" },
  { title: "up", align: "right" },
  { title: "restarts", align: "right" },
  { title: "PSS", align: "right" },
  { title: "CPU", align: "right" },
  { title: "lag p99", align: "right" },
  { title: "in/min", align: "right" },
  { title: "out/min", align: "right" },
  { title: "chat", align: "left" },
  { title: "events", align: "left" },
];
const NOTHING = "-";
const TROUBLE = "    last error: ";
const OVERCOME = "    works again after: ";

export interface StatusView {
  /** `bad`: only what is not as it should be. */
  readonly only: "all" | "bad";
  readonly columns: number;
  /** How many lines there is room for; left out: all of them. */
  readonly rows?: number | undefined;
}

export function renderStatus(status: SupervisorStatus, paint: Paint, view: StatusView): string {
  const children = [...status.children].sort(byUrgency);
  const shown = view.only === "bad" ? children.filter(isBad) : children;
  const rows = [...shown.map(toRow), ...(view.only === "bad" ? [] : [supervisorRow(status)])];
  const [titles = "", ...lines] = renderTable(COLUMNS, rows, view.columns);
  return cutToRows(
    [
      paintHealth(paint, status.health, safeText(status.sentence)),
      ...describeAsleep(status.asleep).map((line) => paint("dim", cut(line, view.columns))),
      "",
      ...(rows.length === 0
        ? [`None of the ${children.length} processes is in trouble.`]
        : [paint("dim", titles), ...lines.map((line) => paintNote(paint, line))]),
    ],
    view.rows,
  ).join("\n");
}

function paintNote(paint: Paint, line: string): string {
  if (line.startsWith(TROUBLE)) return paint("red", line);
  return line.startsWith(OVERCOME) ? paint("dim", line) : line;
}

/** What there is no room for is counted, not scrolled away. */
function cutToRows(lines: readonly string[], rows: number | undefined): readonly string[] {
  if (rows === undefined || lines.length <= rows) return lines;
  const kept = lines.slice(0, Math.max(1, rows - 1));
  return [...kept, `… ${lines.length - kept.length} more lines; --only bad shows what is in trouble`];
}

/** Channels that sleep on purpose are no trouble; the operator is reminded of them in one line. */
function describeAsleep(asleep: readonly ChannelWish[]): readonly string[] {
  if (asleep.length === 0) return [];
  const names = asleep.map((wish) => `${wish.channel} (${describeWish(wish)})`).join(", ");
  return [
    `${asleep.length} ${asleep.length === 1 ? "channel sleeps" : "channels sleep"} on purpose: ${names}`,
  ];
}

/** Trouble first, then the hub, which all the others need, then by name. */
function byUrgency(a: ChildStatus, b: ChildStatus): number {
  const urgency = (child: ChildStatus) => (isBad(child) ? 0 : 2) + (child.childId === "hub" ? 0 : 1);
  return urgency(a) - urgency(b) || (a.childId < b.childId ? -1 : 1);
}

export const isBad = (child: ChildStatus): boolean => describeState(child) !== "ready";

function toRow(child: ChildStatus): TableRow {
  const { counters, usage, perMinute } = child;
  const isWorker = child.childId !== "hub";
  return {
    cells: [
      who(child.childId),
      describeState(child),
      maybe(child.pid, String),
      maybe(child.uptimeMs, formatDuration),
      String(child.restarts),
      maybe(child.pssKb, formatMb),
      maybe(usage?.cpuPercent, formatPercent),
      maybe(usage?.lagP99Ms, formatLatency),
      isWorker ? maybe(perMinute?.seen, String) : NOTHING,
      isWorker ? maybe(perMinute?.sent, String) : NOTHING,
      maybe(counters?.chatLink, describeLink),
      maybe(counters?.hubLink, describeLink),
    ],
    note:
      child.lastError === undefined
        ? undefined
        : `${(isBad(child) ? TROUBLE : OVERCOME).trimStart()}${safeText(child.lastError)}`,
  };
}

function supervisorRow(status: SupervisorStatus): TableRow {
  return {
    cells: [
      "supervisor",
      "running",
      String(status.pid),
      formatDuration(status.uptimeMs),
      NOTHING,
      maybe(status.pssKb, formatMb),
    ],
  };
}

/** "worker:alice_live" is known by its channel. */
export const who = (childId: string): string => childId.replace(/^worker:/, "");

export function describeState(child: Pick<ChildStatus, "state" | "stage" | "counters">): string {
  if (child.state === "starting" && child.stage !== "starting") return `starting (${child.stage})`;
  if (child.state !== "running") return child.state;
  if (child.counters?.chatLink === "closed") return "no chat";
  if (child.counters?.hubLink === "closed") return "no hub";
  return child.stage === "ready" ? "ready" : `running (${child.stage})`;
}

const formatPercent = (percent: number): string => `${percent.toFixed(1)} %`;
const describeLink = (link: "open" | "closed" | "none"): string => (link === "none" ? NOTHING : link);

const maybe = <Value>(value: Value | undefined, format: (value: Value) => string): string =>
  value === undefined ? NOTHING : format(value);
