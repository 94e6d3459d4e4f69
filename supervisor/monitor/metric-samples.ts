/** What a scrape finds: the house's status as samples of the metric table. Pure. */
import type { Millis } from "../../shared/clock.ts";
import type { ChildStatus, SupervisorStatus } from "../../shared/ipc/control.ts";
import type { Counters, Usage } from "../../shared/ipc/supervisor-child.ts";
import type { BackupTimes } from "../backups/describe-backups.ts";
import type { MetricName } from "./metric-table.ts";

export interface MetricSample {
  readonly metric: MetricName;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const BYTES_PER_KB = 1_024;
const MS_PER_SECOND = 1_000;
const PERCENT = 100;

export function toMetricSamples(
  status: SupervisorStatus,
  using: {
    /** The supervisor's own: it sends no beats. */
    readonly ownUsage: Usage;
    readonly backups: BackupTimes;
    /** Wall time of the instant the status tells about. */
    readonly wallNow: Millis;
  },
): readonly MetricSample[] {
  const { pid, uptimeMs, pssKb } = status;
  const supervisor: MeasuredChild = {
    childId: "supervisor",
    state: "running",
    pid,
    uptimeMs,
    pssKb,
    restarts: 0,
    usage: using.ownUsage,
  };
  return [
    ...[supervisor, ...status.children].flatMap((child) => samplesOf(child, using.wallNow)),
    { metric: "kissbot_channels_asleep", labels: {}, value: status.asleep.length },
    ...samplesOfBackups(using.backups),
  ];
}

function samplesOfBackups({ madeAt, provedAt, isScheduled }: BackupTimes): readonly MetricSample[] {
  const when = (what: string, at: Millis | undefined): readonly MetricSample[] =>
    at === undefined
      ? []
      : [{ metric: "kissbot_backup_timestamp_seconds", labels: { what }, value: at / MS_PER_SECOND }];
  return [
    { metric: "kissbot_backup_scheduled", labels: {}, value: isScheduled ? 1 : 0 },
    ...when("made", madeAt),
    ...when("proved", provedAt),
  ];
}

type MeasuredChild = Omit<ChildStatus, "childId" | "stage"> & { readonly childId: string };

function samplesOf(child: MeasuredChild, wallNow: Millis): readonly MetricSample[] {
  const who = { child: child.childId, channel: channelOf(child.childId) };
  const of = (metric: MetricName, value: number | undefined, labels = {}): readonly MetricSample[] =>
    value === undefined ? [] : [{ metric, labels: { ...who, ...labels }, value }];
  const { usage, counters } = child;
  return [
    ...of("kissbot_up", child.state === "running" ? 1 : 0),
    ...of("kissbot_child_state", 1, { state: child.state }),
    ...of("kissbot_restarts_total", child.restarts),
    ...of(
      "kissbot_process_start_time_seconds",
      child.uptimeMs === undefined ? undefined : Math.round((wallNow - child.uptimeMs) / MS_PER_SECOND),
    ),
    ...of("kissbot_pss_bytes", child.pssKb === undefined ? undefined : child.pssKb * BYTES_PER_KB),
    ...of("kissbot_cpu_ratio", usage && usage.cpuPercent / PERCENT),
    ...of("kissbot_event_loop_lag_p99_seconds", usage && usage.lagP99Ms / MS_PER_SECOND),
    ...of("kissbot_event_loop_lag_max_seconds", usage && usage.lagMs / MS_PER_SECOND),
    ...(counters ? samplesOfCounters(counters, of) : []),
  ];
}

function samplesOfCounters(
  counters: Counters,
  of: (metric: MetricName, value: number | undefined) => readonly MetricSample[],
): readonly MetricSample[] {
  return [
    ...of("kissbot_messages_seen_total", counters.messagesSeen),
    ...of("kissbot_messages_answered_total", counters.messagesAnswered),
    ...of("kissbot_messages_sent_total", counters.messagesSent),
    ...of("kissbot_events_total", counters.eventsSeen),
    ...of("kissbot_chat_link", toBit(counters.chatLink)),
    ...of("kissbot_hub_link", toBit(counters.hubLink)),
  ];
}

/** Who has no such link exports nothing about it. */
function toBit(link: Counters["chatLink"]): number | undefined {
  switch (link) {
    case "open":
    case "eventsub":
      return 1;
    case "closed":
      return 0;
    case "none":
      return undefined;
  }
}

const channelOf = (childId: string): string => (childId.startsWith("worker:") ? childId.slice(7) : "");
