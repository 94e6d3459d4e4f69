/** Every figure the house exports, once: the metrics page, docs/metrics.md and the dashboard's test read this table. */
export interface MetricRow {
  readonly type: "gauge" | "counter";
  readonly labels: readonly string[];
  readonly help: string;
}

/** `child` as in `status` ("hub", "worker:alice_live", "supervisor"); `channel` is empty where there is none. */
const WHO = ["child", "channel"] as const;

export const metricTable = {
  kissbot_up: { type: "gauge", labels: WHO, help: "1 while the process runs and is ready, else 0" },
  kissbot_child_state: {
    type: "gauge",
    labels: [...WHO, "state"],
    help: "1 for the state the process is in: stopped, starting, running, stopping, resting or given-up",
  },
  kissbot_restarts_total: {
    type: "counter",
    labels: WHO,
    help: "Restarts after a fall, since this supervisor started",
  },
  kissbot_process_start_time_seconds: {
    type: "gauge",
    labels: WHO,
    help: "When the process was started, in seconds since the epoch",
  },
  kissbot_pss_bytes: { type: "gauge", labels: WHO, help: "Memory: proportional set size" },
  kissbot_cpu_ratio: {
    type: "gauge",
    labels: WHO,
    help: "Share of one core in the process's last beat, some seconds; 1 is a whole core",
  },
  kissbot_event_loop_lag_p99_seconds: {
    type: "gauge",
    labels: WHO,
    help: "How late the event loop was in the last beat: 99 of 100 times at most this",
  },
  kissbot_event_loop_lag_max_seconds: {
    type: "gauge",
    labels: WHO,
    help: "How late the event loop was in the last beat: the longest",
  },
  kissbot_messages_seen_total: {
    type: "counter",
    labels: WHO,
    help: "Chat messages that reached the worker, since its process started",
  },
  kissbot_messages_answered_total: {
    type: "counter",
    labels: WHO,
    help: "Chat messages whose answer reached the channel, since the process started",
  },
  kissbot_messages_sent_total: {
    type: "counter",
    labels: WHO,
    help: "Messages said in chat and accepted by Twitch, since the process started",
  },
  kissbot_events_total: {
    type: "counter",
    labels: WHO,
    help: "EventSub events heard, since the process started",
  },
  kissbot_chat_link: { type: "gauge", labels: WHO, help: "1 while the chat connection is open, else 0" },
  kissbot_hub_link: { type: "gauge", labels: WHO, help: "1 while the link to the hub is open, else 0" },
  kissbot_channels_asleep: {
    type: "gauge",
    labels: [],
    help: "Channels that are disabled or stopped on purpose: no process, no complaint",
  },
  kissbot_backup_scheduled: {
    type: "gauge",
    labels: [],
    help: "1 while backups are made by themselves, else 0",
  },
  kissbot_backup_timestamp_seconds: {
    type: "gauge",
    labels: ["what"],
    help: "Since the epoch: made is when the newest backup was made that is not known to be damaged, proved when one was last restored beside the house and compared; nothing while there was none",
  },
} as const satisfies Readonly<Record<string, MetricRow>>;

export type MetricName = keyof typeof metricTable;
