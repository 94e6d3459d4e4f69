/** `hub_ctl subscriptions`: what is wanted against what Twitch has. Pure. */
import type { SubscriptionList, SubscriptionRow } from "../../shared/ipc/hub-control.ts";
import type { Paint } from "../paint.ts";
import { safeText } from "../safe-text.ts";
import { shareNotes } from "../shared-notes.ts";
import { type Column, renderTable, type TableRow } from "../table.ts";

export interface SubscriptionFilter {
  readonly channel?: string | undefined;
  readonly state?: SubscriptionRow["state"] | undefined;
}

const COLUMNS: readonly Column[] = [
  { title: "channel", align: "left" },
  { title: "topic", align: "left", breaks: true },
  { title: "state", align: "left" },
  { title: "cost", align: "right" },
  { title: "carried by", align: "left", narrows: 1 },
];
const STATE_AT = COLUMNS.findIndex(({ title }) => title === "state");

/** `hidden`: how many the filter left out. */
export type FilteredSubscriptions = SubscriptionList & { readonly hidden: number };

export function filterSubscriptions(
  list: SubscriptionList,
  filter: SubscriptionFilter,
): FilteredSubscriptions {
  const rows = list.rows.filter(
    (row) =>
      (filter.channel === undefined || row.channel === filter.channel) &&
      (filter.state === undefined || row.state === filter.state),
  );
  return { ...list, rows, hidden: list.rows.length - rows.length };
}

export function renderSubscriptions(list: FilteredSubscriptions, paint: Paint, columns: number): string {
  const { rows, totals } = list;
  const noted = (line: string) => paint("yellow", line);
  const reasons = shareNotes(
    rows.map((row) => ({ ...toRow(row), paintNote: noted })),
    STATE_AT,
  );
  const [titles = "", ...lines] = renderTable(COLUMNS, reasons.rows, columns);
  return [
    summarise(rows, list.hidden),
    ...(totals
      ? [
          `Twitch counts ${totals.total} subscriptions of this token, which cost ${totals.totalCost} of ${totals.maxTotalCost} points`,
        ]
      : []),
    ...(rows.length === 0 ? [] : ["", paint("dim", titles), ...lines, ...reasons.legend(columns).map(noted)]),
  ].join("\n");
}

function summarise(rows: readonly SubscriptionRow[], hidden: number): string {
  if (rows.length === 0)
    return hidden === 0
      ? "No subscription is wanted, and Twitch has none."
      : `Nothing is like that among the ${hidden} shown without --channel and --status.`;
  const counts = new Map<string, number>();
  for (const { state } of rows) counts.set(state, (counts.get(state) ?? 0) + 1);
  const parts = [...counts].map(([state, count]) => `${count} ${state}`);
  return `${rows.length} ${rows.length === 1 ? "subscription" : "subscriptions"}: ${parts.join(", ")}`;
}

const toRow = (row: SubscriptionRow): TableRow => ({
  cells: [
    row.channel ?? `(id ${row.channelId})`,
    row.topic,
    row.state,
    row.cost === undefined ? "" : String(row.cost),
    row.carrier === undefined ? "" : safeText(row.carrier),
  ],
  note: row.reason === undefined ? undefined : safeText(row.reason),
});
