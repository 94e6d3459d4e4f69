/** What the cli (later the dashboard) asks the supervisor and the hub over their sockets. */
import * as v from "valibot";
import { ChildId, Login } from "../ids.ts";
import { Topic } from "../twitch/topics.ts";
import { Counters, STAGES, Usage } from "./supervisor-child.ts";

export const CONTROL_VERSION = 1;

const RequestId = v.pipe(v.number(), v.integer(), v.minValue(1));
const Count = v.pipe(v.number(), v.integer(), v.minValue(0));
const Health = v.picklist(["healthy", "degraded", "down"]);
export type Health = v.InferOutput<typeof Health>;

/** The first message of every control conversation. */
export const OperatorHello = v.object({
  kind: v.literal("hello"),
  conversation: v.literal("control"),
  version: v.literal(CONTROL_VERSION),
  credential: v.pipe(v.string(), v.maxLength(128)),
});

export type OperatorHello = v.InferOutput<typeof OperatorHello>;

const ofChannel = <const Do extends string>(order: Do) => v.object({ do: v.literal(order), channel: Login });

/** What an operator may order. Each is answered once, when it has been carried out, with `done`, `refused` or its own answer. */
export const SupervisorOrder = v.variant("do", [
  v.object({ do: v.literal("status") }),
  /** The whole house, this supervisor included. */
  v.object({ do: v.literal("stop") }),
  /** Remembered: a channel that was stopped stays stopped until it is started again, over restarts of the house. */
  ofChannel("start-channel"),
  ofChannel("stop-channel"),
  /** Answered with the new process's pid as soon as it has one. */
  ofChannel("restart-channel"),
  v.object({ do: v.picklist(["start-all", "stop-all", "restart-all", "restart-hub"]) }),
  ofChannel("add-channel"),
  ofChannel("remove-channel"),
  ofChannel("enable-channel"),
  ofChannel("disable-channel"),
  v.object({ do: v.literal("list-channels") }),
  /** Reads config.yaml again and applies what differs. */
  v.object({ do: v.literal("reload") }),
]);
export type SupervisorOrder = v.InferOutput<typeof SupervisorOrder>;

export const CliToSupervisor = v.object({
  kind: v.literal("request"),
  id: RequestId,
  order: SupervisorOrder,
});
export type CliToSupervisor = v.InferOutput<typeof CliToSupervisor>;

/** A channel as it is wished for; `origin` says where it may be removed. */
export const ChannelWish = v.object({
  channel: Login,
  origin: v.picklist(["config", "operator"]),
  isEnabled: v.boolean(),
  isStopped: v.boolean(),
});
export type ChannelWish = v.InferOutput<typeof ChannelWish>;

export const ChildStatus = v.object({
  childId: ChildId,
  state: v.picklist(["stopped", "starting", "running", "stopping", "resting", "given-up"]),
  stage: v.picklist(STAGES),
  pid: v.optional(Count),
  uptimeMs: v.optional(v.number()),
  restarts: Count,
  counters: v.optional(Counters),
  usage: v.optional(Usage),
  /** Messages seen and sent in the last full minute. */
  perMinute: v.optional(v.object({ seen: Count, sent: Count })),
  /** Proportional set size; RSS would count the shared node binary once per process. */
  pssKb: v.optional(Count),
  lastError: v.optional(v.string()),
});
export type ChildStatus = v.InferOutput<typeof ChildStatus>;

export const SupervisorStatus = v.object({
  health: Health,
  /** In words, for a tired operator: is all well, and if not, what is not. */
  sentence: v.string(),
  pid: Count,
  uptimeMs: v.number(),
  pssKb: v.optional(Count),
  children: v.array(ChildStatus),
  /** Channels that are wished for but disabled or stopped on purpose: no process, no complaint. */
  asleep: v.array(ChannelWish),
});
export type SupervisorStatus = v.InferOutput<typeof SupervisorStatus>;

export const SupervisorToCli = v.variant("kind", [
  v.object({ kind: v.literal("status"), id: RequestId, status: SupervisorStatus }),
  /** Sent when the last child has gone; the supervisor's own exit follows. */
  v.object({ kind: v.literal("stopped"), id: RequestId, hadToKill: v.array(ChildId) }),
  /** `lines`: what was done, for the operator's eyes. */
  v.object({ kind: v.literal("done"), id: RequestId, lines: v.array(v.string()), pid: v.optional(Count) }),
  v.object({ kind: v.literal("refused"), id: RequestId, because: v.string() }),
  v.object({ kind: v.literal("channels"), id: RequestId, channels: v.array(ChannelWish) }),
]);
export type SupervisorToCli = v.InferOutput<typeof SupervisorToCli>;

export const HubOrder = v.object({ do: v.picklist(["status"]) });
export type HubOrder = v.InferOutput<typeof HubOrder>;

export const CliToHub = v.object({ kind: v.literal("request"), id: RequestId, order: HubOrder });
export type CliToHub = v.InferOutput<typeof CliToHub>;

export const SubscriptionStatus = v.object({
  channel: Login,
  topic: Topic,
  state: v.picklist(["enabled", "pending", "missing", "refused"]),
  detail: v.optional(v.string()),
});

export const HubStatus = v.object({
  health: Health,
  sentence: v.string(),
  pid: Count,
  uptimeMs: v.number(),
  eventsub: v.object({
    mode: v.string(),
    sessionId: v.optional(v.string()),
    connectedForMs: v.optional(v.number()),
    lastFrameAgoMs: v.optional(v.number()),
    reconnects: Count,
  }),
  token: v.object({
    state: v.picklist(["good", "unknown", "needs-reauth"]),
    login: v.optional(v.string()),
    expiresInMs: v.optional(v.number()),
  }),
  subscriptions: v.array(SubscriptionStatus),
  lastReconcileAgoMs: v.optional(v.number()),
  workers: v.array(
    v.object({ channel: Login, isConnected: v.boolean(), unacknowledged: Count, eventsSent: Count }),
  ),
  events: v.object({ received: Count, duplicates: Count, routed: Count, withoutWorker: Count }),
});
export type HubStatus = v.InferOutput<typeof HubStatus>;

export const HubToCli = v.variant("kind", [
  v.object({ kind: v.literal("status"), id: RequestId, status: HubStatus }),
]);
export type HubToCli = v.InferOutput<typeof HubToCli>;
