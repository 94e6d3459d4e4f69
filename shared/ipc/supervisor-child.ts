/** What the supervisor and its children say to each other over the supervisor's socket. */
import * as v from "valibot";
import type { Millis } from "../clock.ts";
import { WorkerSettings } from "../config/own-settings.ts";
import { ChildId, Login } from "../ids.ts";

export const SUPERVISOR_CHILD_VERSION = 1;

/** Waking a process that has nothing else to do is most of what it costs at rest: what matters sooner is said out of turn. */
export const BEAT_EVERY_MS: Millis = 6_000;
/** So many missed, and the loop that should do the work does not turn. */
export const BEATS_MISSED_MAX = 2;

const Count = v.pipe(v.number(), v.integer(), v.minValue(0));
const Ms = v.pipe(v.number(), v.minValue(0));

/** How far a child is on its way to work. `starting` is where it is before it says anything. */
export const STAGES = ["starting", "chat", "eventsub", "ready"] as const;
export type Stage = (typeof STAGES)[number];

/**
 * What keeps a child from a stage although it does its part. `turn`: its place in a queue that Twitch's limits make;
 * `operator`: a person has to change something first.
 */
export const WAITS_FOR = ["turn", "hub", "twitch", "operator"] as const;

const TroubleCode = v.pipe(v.string(), v.maxLength(64));
const Detail = v.pipe(v.string(), v.maxLength(500));

/**
 * The time a child waits does not count against the stage's deadline. It has to be claimed anew after each try, with
 * what the try has shown: who does nothing claims nothing, and is replaced.
 */
export const Wait = v.object({
  /** Not reached yet, or reached once and lost. */
  stage: v.picklist(STAGES),
  for: v.picklist(WAITS_FOR),
  detail: Detail,
  /** What it is, whatever the words are: a row of shared/errors.ts. */
  code: v.optional(TroubleCode),
  /** By then it has tried again and tells how that went; left out: it tries nothing until somebody changes something. */
  forMs: v.optional(Ms),
});
export type Wait = v.InferOutput<typeof Wait>;

/** The code of a trouble that a new login of this account ends: its words say what to type. */
export const toLoginLost = (login: Login): string => `${LOGIN_LOST}${login}`;
export const isLoginLost = (code: string): boolean => code.startsWith(LOGIN_LOST);
const LOGIN_LOST = "login-lost-";

/** Something that is not as it should be, for as long as it is told. */
export const Trouble = v.object({ code: TroubleCode, detail: Detail });
export type Trouble = v.InferOutput<typeof Trouble>;
export const TROUBLES_MAX = 16;

/** Running totals since the process started; a reader takes differences. */
export const Counters = v.object({
  messagesSeen: Count,
  messagesAnswered: Count,
  /** Said in chat and accepted by Twitch, whatever for. */
  messagesSent: Count,
  eventsSeen: Count,
  /** `eventsub`: open, by the hub's connection. */
  chatLink: v.picklist(["open", "eventsub", "closed", "none"]),
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
  /** A thing that went wrong and is past, for `status`. What lasts is told by `condition`. */
  v.object({ kind: v.literal("trouble"), ...Trouble.entries }),
  /** After each welcome and each change: all that it waits for, and all that is wrong now. What is left out is over. */
  v.object({
    kind: v.literal("condition"),
    waits: v.pipe(v.array(Wait), v.maxLength(STAGES.length)),
    troubles: v.pipe(v.array(Trouble), v.maxLength(TROUBLES_MAX)),
  }),
  /** A worker has written down what its channel has of its own, and lives by it: look again. */
  v.object({ kind: v.literal("settings-changed") }),
]);
export type ChildToSupervisor = v.InferOutput<typeof ChildToSupervisor>;

export const SupervisorToChild = v.variant("kind", [
  v.object({ kind: v.literal("welcome"), version: v.literal(SUPERVISOR_CHILD_VERSION) }),
  /** Finish what is in hand, then leave with exit code 0. */
  v.object({ kind: v.literal("please-stop"), because: v.string() }),
  v.object({ kind: v.literal("reopen-logs") }),
  /** To the hub, after each hello and each change: every channel that has a worker now. The whole wish. */
  v.object({ kind: v.literal("channels"), channels: v.array(Login) }),
  /** To a worker, after each hello and each change. The whole of them. */
  v.object({ kind: v.literal("settings"), ...WorkerSettings.entries }),
]);
export type SupervisorToChild = v.InferOutput<typeof SupervisorToChild>;
