/** What the supervisor and its children say to each other over the supervisor's socket. */
import * as v from "valibot";
import { ChildId, Login } from "../ids.ts";

export const SUPERVISOR_CHILD_VERSION = 1;

/** How far a child is on its way to work. `starting` is where it is before it says anything. */
export const STAGES = ["starting", "chat", "eventsub", "ready"] as const;
export type Stage = (typeof STAGES)[number];

const Count = v.pipe(v.number(), v.integer(), v.minValue(0));
const Ms = v.pipe(v.number(), v.minValue(0));

/** Running totals since the process started; a reader takes differences. */
export const Counters = v.object({
  messagesSeen: Count,
  messagesAnswered: Count,
  /** Said in chat and accepted by Twitch, whatever for. */
  messagesSent: Count,
  eventsSeen: Count,
  chatLink: v.picklist(["open", "closed", "none"]),
  hubLink: v.picklist(["open", "closed", "none"]),
});
export type Counters = v.InferOutput<typeof Counters>;

/** What a process costs, measured by itself since its last beat. */
export const Usage = v.object({
  /** The longest the event loop was late. */
  lagMs: Ms,
  lagP99Ms: Ms,
  /** Share of one core. */
  cpuPercent: Ms,
  heapKb: Count,
  rssKb: Count,
  handles: Count,
});
export type Usage = v.InferOutput<typeof Usage>;

export const ChildToSupervisor = v.variant("kind", [
  v.object({
    kind: v.literal("hello"),
    conversation: v.literal("supervisor-child"),
    version: v.literal(SUPERVISOR_CHILD_VERSION),
    childId: ChildId,
    spawnId: v.pipe(v.string(), v.maxLength(64)),
    credential: v.pipe(v.string(), v.maxLength(128)),
    pid: Count,
    /** Where it is already: an adopted child does not begin again. */
    stage: v.picklist(STAGES),
  }),
  v.object({ kind: v.literal("stage"), stage: v.picklist(STAGES) }),
  /** Sent by the loop that does the work, so a stuck loop sends none. */
  v.object({ kind: v.literal("beat"), usage: Usage, counters: Counters }),
  /** The last thing that went wrong, for `status`. */
  v.object({
    kind: v.literal("trouble"),
    code: v.pipe(v.string(), v.maxLength(64)),
    detail: v.pipe(v.string(), v.maxLength(500)),
  }),
]);
export type ChildToSupervisor = v.InferOutput<typeof ChildToSupervisor>;

export const SupervisorToChild = v.variant("kind", [
  v.object({ kind: v.literal("welcome"), version: v.literal(SUPERVISOR_CHILD_VERSION) }),
  /** Finish what is in hand, then leave with exit code 0. */
  v.object({ kind: v.literal("please-stop"), because: v.string() }),
  v.object({ kind: v.literal("reopen-logs") }),
  /** To the hub, after each hello and each change: every channel that has a worker now. The whole wish. */
  v.object({ kind: v.literal("channels"), channels: v.array(Login) }),
]);
export type SupervisorToChild = v.InferOutput<typeof SupervisorToChild>;
