/** The page `kissbot.sh status` shows: first a sentence, then one row per process, trouble first. Pure. */
import type { ChannelWish, ChildStatus, SupervisorStatus } from "../../shared/ipc/control.ts";
import { describeWish } from "../channels/channel-page.ts";
import { formatDuration, formatLatency } from "../duration.ts";
import type { Paint } from "../paint.ts";
import { safeText } from "../safe-text.ts";
import { type Column, cut, hang, renderTable, type TableRow, wrap } from "../table.ts";
import { paintHealth } from "./health.ts";
import { formatMb } from "./memory-size.ts";

const COLUMNS: readonly Column[] = [
  { title: "channel", align: "left" },
  { title: "state", align: "left" },
  { title: "pid", align: "right", goes: 9 },
  { title: "up", align: "right", goes: 8 },
  { title: "restarts", align: "right", goes: 5 },
  { title: "PSS", align: "right", goes: 4 },
  { title: "CPU", align: "right", goes: 2 },
  { title: "lag p99", align: "right", goes: 1 },
  { title: "in/min", align: "right", goes: 7 },
  { title: "out/min", align: "right", goes: 6 },
  { title: "chat", align: "left", goes: 10 },
  { title: "events", align: "left", goes: 3 },
];
const NOTHING = "-";

export interface StatusView {
  /** `bad`: only what is not as it should be. */
  readonly only: "all" | "bad";
  readonly columns: number;
  /** Which engine knows games, in words. */
  readonly games?: string;
  /** How many lines there is room for; left out: all of them. */
  readonly rows?: number | undefined;
}

export function renderStatus(status: SupervisorStatus, paint: Paint, view: StatusView): string {
  const children = [...status.children].sort(byUrgency);
  const shown = view.only === "bad" ? children.filter(isBad) : children;
  const rows = [
    ...shown.map((child) => toRow(child, paint)),
    ...(view.only === "bad" ? [] : [supervisorRow(status)]),
  ];
  const [titles = "", ...lines] = renderTable(COLUMNS, rows, view.columns);
  return cutToRows(
    [
      ...toSentence(status, view).map((line) => paintHealth(paint, status.health, line)),
      ...describeAsleep(status.asleep).map((line) => paint("dim", cut(line, view.columns))),
      ...(status.backups === undefined
        ? []
        : hang("backups: ", safeText(status.backups), view.columns).map((line) => paint("dim", line))),
      ...(view.games === undefined
        ? []
        : hang("games: ", safeText(view.games), view.columns).map((line) => paint("dim", line))),
      "",
      ...(rows.length === 0
        ? [`None of the ${children.length} processes is in trouble.`]
        : [paint("dim", titles), ...lines]),
    ],
    view,
  ).join("\n");
}

/** Broken here where lines are counted, and left to the terminal elsewhere: scripts read it as one. */
const toSentence = ({ sentence }: SupervisorStatus, { rows, columns }: StatusView): readonly string[] =>
  rows === undefined ? [safeText(sentence)] : wrap(safeText(sentence), columns);

/** What there is no room for is counted, not scrolled away. */
function cutToRows(lines: readonly string[], { rows, columns, only }: StatusView): readonly string[] {
  if (rows === undefined || lines.length <= rows) return lines;
  const kept = lines.slice(0, Math.max(1, rows - 1));
  const hint = only === "bad" ? "" : "; --only bad shows what is in trouble";
  return [...kept, cut(`… ${lines.length - kept.length} more lines${hint}`, columns)];
}

/** Channels that sleep on purpose are no trouble; the operator is reminded of them in one line. */
function describeAsleep(asleep: readonly ChannelWish[]): readonly string[] {
  if (asleep.length === 0) return [];
  const names = asleep.map((wish) => `${wish.channel} (${describeWish(wish)})`).join(", ");
  return [
    `${asleep.length} ${asleep.length === 1 ? "channel sleeps" : "channels sleep"} on purpose: ${names}`,
  ];
}

/** alice_2 before alice_10. */
const byName = new Intl.Collator("en", { numeric: true });

/** Trouble first, then the hub, which all the others need, then by name. */
function byUrgency(a: ChildStatus, b: ChildStatus): number {
  const urgency = (child: ChildStatus) => (isBad(child) ? 0 : 2) + (child.childId === "hub" ? 0 : 1);
  return urgency(a) - urgency(b) || byName.compare(a.childId, b.childId);
}

export const isBad = (child: ChildStatus): boolean => describeState(child) !== "ready";

function toRow(child: ChildStatus, paint: Paint): TableRow {
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
    ...toNote(child, paint),
  };
}

/** What only the operator can do goes before what went wrong; what is over is nobody's trouble any more. */
function toNote(child: ChildStatus, paint: Paint): Pick<TableRow, "note" | "paintNote"> {
  const forYou = findWait(child, "operator");
  if (forYou)
    return {
      note: `what to do: ${safeText(forYou.detail)}`,
      paintNote: (line) => paint("yellow", line),
    };
  const open = child.errors?.find(({ isOver }) => !isOver);
  if (!open) return {};
  return {
    note: `last error (${formatDuration(open.agoMs)} ago): ${safeText(open.text)}`,
    paintNote: (line) => paint("red", line),
  };
}

type Waiting = Pick<ChildStatus, "waits">;
const findWait = ({ waits }: Waiting, forWhom: NonNullable<Waiting["waits"]>[number]["for"]) =>
  waits?.find((wait) => wait.for === forWhom);

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

const WAITS_IN_WORDS = { turn: "its turn", hub: "the hub", twitch: "Twitch" } as const;

export function describeState(child: Pick<ChildStatus, "state" | "stage" | "counters" | "waits">): string {
  if (findWait(child, "operator")) return "waits for you";
  const wait = child.waits?.[0];
  if (child.state === "starting" && wait && wait.for !== "operator")
    return `waits for ${WAITS_IN_WORDS[wait.for]}`;
  if (child.state === "starting" && child.stage !== "starting") return `starting (${child.stage})`;
  if (child.state !== "running") return child.state;
  if (child.counters?.chatLink === "closed") return "no chat";
  if (child.counters?.hubLink === "closed") return "no hub";
  return child.stage === "ready" ? "ready" : `running (${child.stage})`;
}

const formatPercent = (percent: number): string => `${percent.toFixed(1)} %`;
const describeLink = (link: "open" | "eventsub" | "closed" | "none"): string =>
  link === "none" ? NOTHING : link;

const maybe = <Value>(value: Value | undefined, format: (value: Value) => string): string =>
  value === undefined ? NOTHING : format(value);
