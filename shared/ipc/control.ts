/** What the cli (later the dashboard) asks the supervisor over its socket. */
import * as v from "valibot";
import { SERVICES } from "../house-services.ts";
import { ChildId, Login } from "../ids.ts";
import { Count, Health, RequestId } from "./control-words.ts";
import { Counters, STAGES, Usage, Wait } from "./supervisor-child.ts";

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
  /** Remembered as a channel's start and stop are. */
  v.object({ do: v.picklist(["start-service", "stop-service"]), service: v.picklist(SERVICES) }),
  /** Reads config.yaml again and applies what differs. */
  v.object({ do: v.literal("reload") }),
  /** Looks again at what channels have of their own in the database, and has their workers take it over. */
  v.object({ do: v.literal("apply-settings") }),
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

/** Something that went wrong, and is over or not. */
export const ErrorStatus = v.object({
  text: v.string(),
  /** ISO 8601. */
  at: v.string(),
  agoMs: v.number(),
  isOver: v.boolean(),
});
export type ErrorStatus = v.InferOutput<typeof ErrorStatus>;

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
  /** What it waits for, by its own words. `operator`: only a person can go on. */
  waits: v.optional(v.array(v.omit(Wait, ["forMs"]))),
  /** When it fell too often: the next try is due in so long. */
  restsForMs: v.optional(v.number()),
  /** The newest that is not over, in words. */
  lastError: v.optional(v.string()),
  /** Newest first. */
  errors: v.optional(v.array(ErrorStatus)),
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
  /** How the backups stand, in words. */
  backups: v.optional(v.string()),
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
