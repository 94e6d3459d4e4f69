/** What `hub_ctl` (later the dashboard) asks the hub over its socket, and what the hub answers. */
import * as v from "valibot";
import { ChannelId, Login } from "../ids.ts";
import { Topic } from "../twitch/topics.ts";
import { Count, Health, RequestId } from "./control-words.ts";

const Text = v.string();
const Ms = v.number();
const Secret = v.pipe(v.string(), v.nonEmpty(), v.maxLength(4_096));
const TokenType = v.picklist(["bot", "broadcaster"]);

/**
 * Each is answered once, when it has been carried out; only `follow-events` is answered with many. What Twitch's pace
 * makes long (`resync`, `restart`) says meanwhile that it is under way.
 */
export const HubOrder = v.variant("do", [
  v.object({
    do: v.picklist(["status", "metrics", "subscriptions", "resync", "drain", "undrain", "restart"]),
  }),
  /** Stored and used from then on, in the place of what was there. The one owner of tokens writes them. */
  v.object({
    do: v.literal("take-login"),
    login: Login,
    tokenType: TokenType,
    accessToken: Secret,
    refreshToken: v.optional(Secret),
  }),
  v.object({ do: v.picklist(["refresh-login", "forget-login"]), login: Login, tokenType: TokenType }),
  /** Events as they are routed from now on, until the link ends. */
  v.object({ do: v.literal("follow-events"), channel: v.optional(Login), topic: v.optional(Topic) }),
]);
export type HubOrder = v.InferOutput<typeof HubOrder>;

export const CliToHub = v.variant("kind", [
  v.object({ kind: v.literal("request"), id: RequestId, order: HubOrder }),
  /** So many events of this following were shown: as many more may be sent. */
  v.object({ kind: v.literal("shown"), id: RequestId, count: Count }),
]);
export type CliToHub = v.InferOutput<typeof CliToHub>;

const Totals = v.object({ total: Count, totalCost: Count, maxTotalCost: Count });

export const HubProof = v.object({
  name: Text,
  what: Text,
  state: v.picklist(["proved", "not-yet", "unproved"]),
  agoMs: v.optional(Ms),
  boundMs: Ms,
});

const Connection = v.object({
  slot: Count,
  mode: Text,
  sessionId: v.optional(Text),
  isRetiring: v.boolean(),
  connectedForMs: v.optional(Ms),
  lastFrameAgoMs: v.optional(Ms),
  lastKeepaliveAgoMs: v.optional(Ms),
  keepaliveSeconds: v.optional(v.number()),
  reconnects: Count,
  oddFrames: Count,
});

export const SubscriptionStatus = v.object({
  channel: Login,
  topic: Topic,
  state: v.picklist(["enabled", "pending", "missing", "refused"]),
  detail: v.optional(Text),
});

const PermitLine = v.object({ waiting: Count, open: Count, counted: Count, limit: Count, windowMs: Ms });

export const HubStatus = v.object({
  health: Health,
  /** In words: is all well, proved when, and what is not proved. */
  sentence: Text,
  pid: Count,
  uptimeMs: Ms,
  /** undefined: at work. `left`: events that are still under way to workers. */
  drain: v.optional(v.object({ forMs: Ms, left: Count })),
  proofs: v.array(HubProof),
  eventsub: v.object({
    transport: v.picklist(["websocket", "conduit"]),
    /** Of the connection that is worst off: "live" means that all are. */
    mode: Text,
    connections: Count,
    /** What is or was in the way. */
    problem: v.optional(Text),
    sessionId: v.optional(Text),
    connectedForMs: v.optional(Ms),
    lastFrameAgoMs: v.optional(Ms),
    reconnects: Count,
    each: v.array(Connection),
  }),
  token: v.object({
    state: v.picklist(["good", "unknown", "needs-reauth"]),
    login: v.optional(Text),
    expiresInMs: v.optional(Ms),
    validatedAgoMs: v.optional(Ms),
  }),
  /** Broadcasters who have logged in. */
  broadcasters: v.optional(
    v.array(
      v.object({
        login: Text,
        state: v.picklist(["good", "unknown", "needs-reauth"]),
        validatedAgoMs: v.optional(Ms),
      }),
    ),
  ),
  subscriptions: v.array(SubscriptionStatus),
  /** As Twitch last said. */
  totals: v.optional(Totals),
  lastReconcileAgoMs: v.optional(Ms),
  workers: v.array(
    v.object({
      channel: Login,
      isConnected: v.boolean(),
      unacknowledged: Count,
      oldestAgoMs: v.optional(Ms),
      eventsSent: Count,
    }),
  ),
  events: v.object({
    received: Count,
    duplicates: Count,
    routed: Count,
    withoutWorker: Count,
    /** Too old, or too many, before their worker had dealt with them. */
    dropped: Count,
    /** Found by asking Twitch, not brought by EventSub. */
    recovered: Count,
    /** When an event of this topic came last. */
    lastAgoMs: v.record(v.string(), Ms),
  }),
  gap: v.object({
    isOpen: v.boolean(),
    lastLookAgoMs: v.optional(Ms),
    lastFillAgoMs: v.optional(Ms),
    problem: v.optional(Text),
    /** What a routine look found and EventSub had not told. */
    drifts: v.array(v.object({ channel: Login, topic: Topic, agoMs: Ms })),
    /** Whose followers can't be looked at. */
    uncovered: v.array(v.object({ channel: Login, because: Text })),
    /** Wanted, and lost when they come while no hub is there: nobody can be asked for them afterwards. */
    unlookedFor: v.optional(v.array(Topic)),
  }),
  /** undefined: the operator did not allow it. */
  probe: v.optional(
    v.object({ agoMs: v.optional(Ms), everyMs: Ms, tookMs: v.optional(Ms), problem: v.optional(Text) }),
  ),
  journal: v.object({ isWorking: v.boolean() }),
  permits: v.object({
    auth: PermitLine,
    join: PermitLine,
    send: PermitLine,
    joined: v.object({ counted: Count, free: Count, max: Count, refused: v.array(Text) }),
  }),
  points: v.array(v.object({ bucket: Text, limit: Count, remaining: v.number(), resetInMs: Ms })),
});
export type HubStatus = v.InferOutput<typeof HubStatus>;

export const SubscriptionRow = v.object({
  channel: v.optional(Login),
  channelId: ChannelId,
  topic: Topic,
  state: v.picklist(["enabled", "pending", "missing", "refused", "unwanted", "elsewhere"]),
  cost: v.optional(v.number()),
  carrier: v.optional(Text),
  reason: v.optional(Text),
});
export type SubscriptionRow = v.InferOutput<typeof SubscriptionRow>;
export const SUBSCRIPTION_STATES = SubscriptionRow.entries.state.options;

export const SubscriptionList = v.object({
  rows: v.array(SubscriptionRow),
  totals: v.optional(Totals),
});
export type SubscriptionList = v.InferOutput<typeof SubscriptionList>;

export const ResyncReport = v.object({
  created: Count,
  deleted: Count,
  refused: Count,
  tookMs: Ms,
  problem: v.optional(Text),
});
export type ResyncReport = v.InferOutput<typeof ResyncReport>;

export const HubMetric = v.object({
  name: Text,
  type: v.picklist(["gauge", "counter"]),
  help: Text,
  samples: v.array(v.object({ labels: v.record(v.string(), Text), value: v.number() })),
});
export type HubMetric = v.InferOutput<typeof HubMetric>;

/** An event as it passes: enough to see that it came, and what it was. */
export const PassingEvent = v.object({
  channel: Login,
  topic: Topic,
  id: Text,
  at: Text,
  isRecovered: v.boolean(),
  body: v.record(v.string(), v.unknown()),
});
export type PassingEvent = v.InferOutput<typeof PassingEvent>;

export const HubToCli = v.variant("kind", [
  v.object({ kind: v.literal("status"), id: RequestId, status: HubStatus }),
  v.object({ kind: v.literal("metrics"), id: RequestId, metrics: v.array(HubMetric) }),
  v.object({ kind: v.literal("subscriptions"), id: RequestId, list: SubscriptionList }),
  v.object({ kind: v.literal("resynced"), id: RequestId, report: ResyncReport }),
  v.object({ kind: v.literal("done"), id: RequestId, line: Text }),
  /** The answer is still to come; `line` is for the operator's eyes. */
  v.object({ kind: v.literal("under-way"), id: RequestId, line: Text }),
  v.object({ kind: v.literal("refused"), id: RequestId, because: Text }),
  /** `missed`: so many came while this follower was too slow. */
  v.object({ kind: v.literal("event"), id: RequestId, event: PassingEvent, missed: Count }),
  v.object({ kind: v.literal("following"), id: RequestId }),
]);
export type HubToCli = v.InferOutput<typeof HubToCli>;
