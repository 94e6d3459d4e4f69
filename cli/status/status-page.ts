/** The page `kissbot.sh status` shows: first a sentence, then one row per process. Pure. */
import type { ChildStatus, SupervisorStatus } from "../../shared/ipc/control.ts";
import { formatDuration, formatLatency } from "../duration.ts";
import type { Paint } from "../paint.ts";
import { safeText } from "../safe-text.ts";
import { type Column, renderTable, type TableRow } from "../table.ts";
import { paintHealth } from "./health.ts";
import { formatMb } from "./memory-size.ts";

const COLUMNS: readonly Column[] = [
  { title: "channel", align: "left" },
  { title: "state", align: "left" },
  { title: "pid", align: "right" },
  { title: "up", align: "right" },
  { title: "restarts", align: "right" },
  { title: "memory", align: "right" },
  { title: "lag", align: "right" },
  { title: "seen", align: "right" },
  { title: "answered", align: "right" },
];
const NOTHING = "-";

export function renderStatus(status: SupervisorStatus, paint: Paint, columns: number): string {
  const rows = [...status.children.map(toRow), supervisorRow(status)];
  const [titles = "", ...lines] = renderTable(COLUMNS, rows, columns);
  return [
    paintHealth(paint, status.health, safeText(status.sentence)),
    "",
    paint("dim", titles),
    ...lines.map((line) => (line.startsWith("    ") ? paint("red", line) : line)),
  ].join("\n");
}

function toRow(child: ChildStatus): TableRow {
  const { counters } = child;
  const isWorker = child.childId !== "hub";
  return {
    cells: [
      who(child.childId),
      describeState(child),
      maybe(child.pid, String),
      maybe(child.uptimeMs, formatDuration),
      String(child.restarts),
      maybe(child.pssKb, formatMb),
      maybe(child.usage?.lagP99Ms, formatLatency),
      isWorker ? maybe(counters?.messagesSeen, String) : NOTHING,
      isWorker ? maybe(counters?.messagesAnswered, String) : NOTHING,
    ],
    note: child.lastError === undefined ? undefined : `last error: ${safeText(child.lastError)}`,
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
      NOTHING,
      NOTHING,
      NOTHING,
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
  return "ready";
}

const maybe = <Value>(value: Value | undefined, format: (value: Value) => string): string =>
  value === undefined ? NOTHING : format(value);
