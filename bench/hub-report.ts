/** What was measured of the hub, and its bars. */
import { type Column, renderTable } from "../cli/table.ts";
import { percentile } from "../cli/trial/percentile.ts";
import type { Ceiling, Latency, Rest } from "./hub-stage.ts";
import { SUBSCRIPTIONS_BAR_MS, type SubscriptionsMade, type SubscriptionsWish } from "./hub-subscriptions.ts";
import { type Bar, renderBars } from "./promised-bars.ts";

export const HUB_BARS = {
  addedP50Ms: 0.3,
  addedP99Ms: 2,
  ceilingPercent: 60,
  idleMb: 60,
  idleCpuPercent: 2,
  subscriptionsMs: SUBSCRIPTIONS_BAR_MS,
} as const;

export interface DeliveryRun {
  readonly workers: number;
  readonly hub: Latency;
  readonly relay: Latency;
  readonly hubCeiling: Ceiling;
  readonly relayCeiling: Ceiling;
  readonly broadcastCeiling: Ceiling;
}

export interface HubRuns {
  readonly deliveries: readonly DeliveryRun[];
  /** By number of workers. */
  readonly rests: readonly (Rest & { readonly workers: number })[];
  readonly subscriptions: readonly (SubscriptionsMade & Pick<SubscriptionsWish, "transport">)[];
}

const COLUMNS: readonly Column[] = [
  { title: "workers", align: "right" },
  { title: "hub p50/p99 ms", align: "right" },
  { title: "relay p50/p99 ms", align: "right" },
  { title: "hub CPU %", align: "right" },
  { title: "relay", align: "right" },
  { title: "ceiling: hub", align: "right" },
  { title: "(CPU %)", align: "right" },
  { title: "relay", align: "right" },
  { title: "broadcast", align: "right" },
  { title: "(CPU %)", align: "right" },
  { title: "hub/broadcast %", align: "right" },
  { title: "hub/relay %", align: "right" },
];

/** Pure: the median of each figure over the runs with so many workers. */
export function renderDeliveries(runs: readonly DeliveryRun[]): string {
  const sizes = [...new Set(runs.map(({ workers }) => workers))];
  const rows = sizes.map((workers) => {
    const of = medianOf(runs.filter((run) => run.workers === workers));
    const latency = (pick: (run: DeliveryRun) => Latency) =>
      `${of((run) => pick(run).p50).toFixed(2)} / ${of((run) => pick(run).p99).toFixed(2)}`;
    const whole = (pick: (run: DeliveryRun) => number) => of(pick).toFixed(0);
    return {
      cells: [
        String(workers),
        latency(({ hub }) => hub),
        latency(({ relay }) => relay),
        of(({ hub }) => hub.cpuPercent).toFixed(1),
        of(({ relay }) => relay.cpuPercent).toFixed(1),
        whole(({ hubCeiling }) => hubCeiling.perSecond),
        whole(({ hubCeiling }) => hubCeiling.cpuPercent),
        whole(({ relayCeiling }) => relayCeiling.perSecond),
        whole(({ broadcastCeiling }) => broadcastCeiling.perSecond),
        whole(({ broadcastCeiling }) => broadcastCeiling.cpuPercent),
        whole(shareOfBroadcast),
        whole(shareOfRelay),
      ],
    };
  });
  return renderTable(COLUMNS, rows, Number.POSITIVE_INFINITY).join("\n");
}

/** Pure. For the largest house that was measured. */
export function renderHubBars({ deliveries, rests, subscriptions }: HubRuns): string {
  const workers = Math.max(...deliveries.map((run) => run.workers));
  const of = medianOf(deliveries.filter((run) => run.workers === workers));
  const rest = rests.find((one) => one.workers === workers);
  const ms = (what: string, value: number | undefined, bar: number): Bar => ({
    what,
    value,
    bar,
    unit: "ms",
    digits: 2,
  });
  const bars: readonly Bar[] = [
    ms(
      "added latency p50",
      of(({ hub, relay }) => hub.p50 - relay.p50),
      HUB_BARS.addedP50Ms,
    ),
    ms(
      "added latency p99",
      of(({ hub, relay }) => hub.p99 - relay.p99),
      HUB_BARS.addedP99Ms,
    ),
    ms(
      "whole way p50 (the bar is about what is added)",
      of(({ hub }) => hub.p50),
      HUB_BARS.addedP50Ms,
    ),
    ms(
      "whole way p99",
      of(({ hub }) => hub.p99),
      HUB_BARS.addedP99Ms,
    ),
    {
      what: "ceiling, share of a bare corked broadcast",
      value: of(shareOfBroadcast),
      bar: HUB_BARS.ceilingPercent,
      isFloor: true,
      unit: "%",
      digits: 0,
    },
    { what: "hub at rest, PSS", value: rest?.pssMb, bar: HUB_BARS.idleMb, unit: "MB", digits: 1 },
    {
      what: "hub at rest, CPU",
      value: rest?.cpuPercent,
      bar: HUB_BARS.idleCpuPercent,
      unit: "% of a core",
      digits: 2,
    },
    ...toSubscriptionBars(subscriptions),
  ];
  return [`${workers} workers:`, ...renderBars(bars)].join("\n");
}

/** Pure. */
export const renderSubscriptionBars = (subscriptions: HubRuns["subscriptions"]): string =>
  renderBars(toSubscriptionBars(subscriptions)).join("\n");

const toSubscriptionBars = (subscriptions: HubRuns["subscriptions"]): readonly Bar[] =>
  subscriptions.map(({ transport, wanted, enabled, tookMs }) => ({
    what: `${enabled} of ${wanted} subscriptions, ${transport}`,
    value: enabled === wanted ? tookMs : undefined,
    bar: HUB_BARS.subscriptionsMs,
    unit: "ms",
    digits: 0,
  }));

const shareOfBroadcast = ({ hubCeiling, broadcastCeiling }: DeliveryRun): number =>
  (100 * hubCeiling.perSecond) / broadcastCeiling.perSecond;
const shareOfRelay = ({ hubCeiling, relayCeiling }: DeliveryRun): number =>
  (100 * hubCeiling.perSecond) / relayCeiling.perSecond;

const medianOf =
  (runs: readonly DeliveryRun[]) =>
  (pick: (run: DeliveryRun) => number): number =>
    percentile(runs.map(pick), 0.5) ?? Number.NaN;
