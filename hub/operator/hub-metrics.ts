/** The hub's figures for `hub_ctl metrics`, one row per metric. Pure. Names as Prometheus wants them: base units, totals end in _total. */
import type { Millis } from "../../shared/clock.ts";
import type { HubMetric, HubStatus } from "../../shared/ipc/hub-control.ts";

export interface ProcessFigures {
  readonly cpuShare: number;
  readonly lagP99Ms: Millis;
  readonly pssKb: number | undefined;
}

type Samples = HubMetric["samples"];
interface Row {
  readonly type: HubMetric["type"];
  readonly help: string;
  readonly read: (status: HubStatus, own: ProcessFigures) => Samples;
}

const one = (value: number | undefined): Samples => (value === undefined ? [] : [{ labels: {}, value }]);
const seconds = (ms: Millis | undefined): Samples => one(ms === undefined ? undefined : ms / 1_000);
const flag = (is: boolean): Samples => one(is ? 1 : 0);

type Proofs = HubStatus["proofs"];
/** Each connection proves its own sign of life: two samples of one name would make Prometheus refuse the whole page. */
const byPromise = (proofs: Proofs, read: (its: Proofs) => number | undefined): Samples =>
  [...Map.groupBy(proofs, ({ name }) => name)].flatMap(([proof, its]) => {
    const value = read(its);
    return value === undefined ? [] : [{ labels: { proof }, value }];
  });

const LINES = ["auth", "join", "send"] as const;
const SUBSCRIPTION_STATES = ["enabled", "pending", "missing", "refused"] as const;

const rows: Readonly<Record<string, Row>> = {
  kissbot_hub_healthy: {
    type: "gauge",
    help: "1 while the hub finds that all is well, else 0",
    read: ({ health }) => flag(health === "healthy"),
  },
  kissbot_hub_uptime_seconds: {
    type: "gauge",
    help: "Since the hub's process started",
    read: ({ uptimeMs }) => seconds(uptimeMs),
  },
  kissbot_hub_cpu_ratio: {
    type: "gauge",
    help: "Share of one core in the hub's last beat; 1 is a whole core",
    read: (_status, { cpuShare }) => one(cpuShare),
  },
  kissbot_hub_event_loop_lag_p99_seconds: {
    type: "gauge",
    help: "How late the event loop was in the last beat: 99 of 100 times at most this",
    read: (_status, { lagP99Ms }) => seconds(lagP99Ms),
  },
  kissbot_hub_pss_bytes: {
    type: "gauge",
    help: "Memory: proportional set size",
    read: (_status, { pssKb }) => one(pssKb === undefined ? undefined : pssKb * 1_024),
  },
  kissbot_hub_drained: {
    type: "gauge",
    help: "1 while an operator keeps new events out",
    read: ({ drain }) => flag(drain !== undefined),
  },
  kissbot_hub_proof_age_seconds: {
    type: "gauge",
    help: "When this promise was last seen kept; of several connections, by the worst",
    read: ({ proofs }) =>
      byPromise(proofs, (its) => {
        const ages = its.flatMap(({ agoMs }) => agoMs ?? []);
        return ages.length < its.length ? undefined : Math.max(...ages) / 1_000;
      }),
  },
  kissbot_hub_proof_missing: {
    type: "gauge",
    help: "1 for a promise that nobody has seen kept within its bound, else 0",
    read: ({ proofs }) => byPromise(proofs, (its) => (its.some(({ state }) => state === "unproved") ? 1 : 0)),
  },
  kissbot_hub_eventsub_connected: {
    type: "gauge",
    help: "1 while every EventSub connection that is wanted delivers, else 0",
    read: ({ eventsub }) => flag(eventsub.mode === "live"),
  },
  kissbot_hub_eventsub_connections: {
    type: "gauge",
    help: "EventSub connections",
    read: ({ eventsub }) => one(eventsub.connections),
  },
  kissbot_hub_eventsub_reconnects_total: {
    type: "counter",
    help: "EventSub sessions after the first",
    read: ({ eventsub }) => one(eventsub.reconnects),
  },
  kissbot_hub_subscriptions: {
    type: "gauge",
    help: "Wanted subscriptions by state",
    read: ({ subscriptions }) =>
      SUBSCRIPTION_STATES.map((state) => ({
        labels: { state },
        value: subscriptions.filter((its) => its.state === state).length,
      })),
  },
  kissbot_hub_subscription_cost: {
    type: "gauge",
    help: "What all subscriptions of this application's token cost, in Twitch's points",
    read: ({ totals }) => one(totals?.totalCost),
  },
  kissbot_hub_subscription_cost_max: {
    type: "gauge",
    help: "What they may cost",
    read: ({ totals }) => one(totals?.maxTotalCost),
  },
  kissbot_hub_events_received_total: {
    type: "counter",
    help: "Notifications from EventSub",
    read: ({ events }) => one(events.received),
  },
  kissbot_hub_events_duplicate_total: {
    type: "counter",
    help: "Events that had come before",
    read: ({ events }) => one(events.duplicates),
  },
  kissbot_hub_events_routed_total: {
    type: "counter",
    help: "Events handed to a channel's worker, or kept for it",
    read: ({ events }) => one(events.routed),
  },
  kissbot_hub_events_dropped_total: {
    type: "counter",
    help: "Events too old or too many before their worker had dealt with them; it was told",
    read: ({ events }) => one(events.dropped),
  },
  kissbot_hub_events_recovered_total: {
    type: "counter",
    help: "Events that EventSub did not bring and Helix told",
    read: ({ events }) => one(events.recovered),
  },
  kissbot_hub_events_unacknowledged: {
    type: "gauge",
    help: "Events that no worker has dealt with yet",
    read: ({ workers }) => one(workers.reduce((sum, its) => sum + its.unacknowledged, 0)),
  },
  kissbot_hub_workers_connected: {
    type: "gauge",
    help: "Workers with an open link",
    read: ({ workers }) => one(workers.filter((its) => its.isConnected).length),
  },
  kissbot_hub_token_good: {
    type: "gauge",
    help: "1 while Twitch accepts the bot's token, else 0",
    read: ({ token }) => flag(token.state === "good"),
  },
  kissbot_hub_token_expires_seconds: {
    type: "gauge",
    help: "Until the bot's token runs out; it is refreshed before",
    read: ({ token }) => seconds(token.expiresInMs),
  },
  kissbot_hub_journal_working: {
    type: "gauge",
    help: "1 while unacknowledged events can be written to disk, else 0",
    read: ({ journal }) => flag(journal.isWorking),
  },
  kissbot_hub_permits_waiting: {
    type: "gauge",
    help: "Workers that wait for the account's budget, by kind",
    read: ({ permits }) => LINES.map((line) => ({ labels: { line }, value: permits[line].waiting })),
  },
  kissbot_hub_permits_used: {
    type: "gauge",
    help: "Permits that Twitch counts in its window now, granted ones included, by kind",
    read: ({ permits }) => LINES.map((line) => ({ labels: { line }, value: permits[line].counted })),
  },
  kissbot_hub_helix_points_remaining: {
    type: "gauge",
    help: "Helix's points that are left, by identity",
    read: ({ points }) => points.map(({ bucket, remaining }) => ({ labels: { bucket }, value: remaining })),
  },
};

export const hubMetricTable: readonly {
  readonly name: string;
  readonly type: string;
  readonly help: string;
}[] = Object.entries(rows).map(([name, { type, help }]) => ({ name, type, help }));

export const toHubMetrics = (status: HubStatus, own: ProcessFigures): readonly HubMetric[] =>
  Object.entries(rows).map(([name, { type, help, read }]) => ({
    name,
    type,
    help,
    samples: read(status, own),
  }));
