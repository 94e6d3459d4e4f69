/**
 * What the hub and a worker say to each other. A wish carries the whole wish, so saying it twice is harmless;
 * events are numbered per channel and kept by the hub until the worker has said `event-received`.
 */
import * as v from "valibot";
import { ChannelId, ChildId, Login, UserId } from "../ids.ts";
import { StreamEventBody } from "../twitch/stream-event.ts";
import { Topic } from "../twitch/topics.ts";

export const HUB_WORKER_VERSION = 1;
/** An account sends at most 100 in 30 s, a verified one 7,500; more than these few say nothing new. */
export const SENDS_REMEMBERED_MAX = 1_000;

const Seq = v.pipe(v.number(), v.integer(), v.minValue(0));
const RequestId = v.pipe(v.number(), v.integer(), v.minValue(1));
const Text = v.pipe(v.string(), v.maxLength(500));

/** What a worker may ask the hub for. */
export const Question = v.variant("about", [
  /**
   * The bot's access token for chat. Never the refresh token. `rejected`: Twitch refused the token with this
   * fingerprint (see token-fingerprint.ts) at the login.
   */
  v.object({ about: v.literal("chat-token"), rejected: v.optional(v.pipe(v.string(), v.maxLength(64))) }),
  /** Title, category and, when live, stream of the worker's own channel. */
  v.object({ about: v.literal("channel") }),
  /** When may I authenticate, join or send? Twitch counts each per account, whatever the number of processes. The slot is reserved. */
  v.object({
    about: v.literal("chat-permit"),
    wants: v.picklist(["auth", "join", "send", "send-as-moderator"]),
  }),
]);
export type Question = v.InferOutput<typeof Question>;

export const ChatToken = v.object({
  about: v.literal("chat-token"),
  accessToken: v.string(),
  userId: UserId,
  login: Login,
  scopes: v.array(v.string()),
  /** Wall time in ms; undefined when Twitch did not say. */
  expiresAt: v.optional(v.number()),
});
export const ChannelNow = v.object({
  about: v.literal("channel"),
  title: v.string(),
  categoryName: v.string(),
  live: v.optional(v.object({ streamId: v.string(), startedAt: v.string(), viewers: v.number() })),
});
export const Permit = v.object({
  about: v.literal("chat-permit"),
  waitMs: v.pipe(v.number(), v.minValue(0)),
});
export const Reply = v.variant("about", [ChatToken, ChannelNow, Permit]);
export type Reply = v.InferOutput<typeof Reply>;
/** The reply that belongs to a question. */
export type ReplyTo<Q extends Question> = Extract<Reply, { about: Q["about"] }>;

export const WorkerToHub = v.variant("kind", [
  v.object({
    kind: v.literal("hello"),
    conversation: v.literal("hub-worker"),
    version: v.literal(HUB_WORKER_VERSION),
    childId: ChildId,
    spawnId: v.pipe(v.string(), v.maxLength(64)),
    credential: v.pipe(v.string(), v.maxLength(128)),
    channel: Login,
    /** The last event this worker has finished with, and in which epoch of the hub; absent in a fresh worker. */
    /** How long ago this worker sent its messages of the last 30 s: a hub that was restarted must count them, too. */
    sentAgoMs: v.pipe(v.array(v.pipe(v.number(), v.minValue(0))), v.maxLength(SENDS_REMEMBERED_MAX)),
    resumeAfter: v.optional(v.object({ epoch: v.string(), seq: Seq })),
  }),
  v.object({ kind: v.literal("want-topics"), topics: v.array(Topic) }),
  /** Everything up to and including `seq` is dealt with. */
  v.object({ kind: v.literal("event-received"), seq: Seq }),
  v.object({ kind: v.literal("request"), id: RequestId, question: Question }),
]);
export type WorkerToHub = v.InferOutput<typeof WorkerToHub>;

export const TOPIC_REFUSALS = ["needs-reauth", "cost-exceeded", "not-found", "refused"] as const;

export const HubEvent = v.object({
  kind: v.literal("event"),
  seq: Seq,
  /** Twitch's message id: the same event may come twice, this does not change. */
  id: Text,
  /** When Twitch says it happened, ISO 8601. */
  at: Text,
  body: StreamEventBody,
});
export type HubEvent = v.InferOutput<typeof HubEvent>;

export const HubToWorker = v.variant("kind", [
  v.object({
    kind: v.literal("welcome"),
    version: v.literal(HUB_WORKER_VERSION),
    /** Changes when the hub restarts: sequence numbers of another epoch mean nothing. */
    epoch: v.pipe(v.string(), v.maxLength(64)),
    channelId: ChannelId,
    channelName: Text,
    bot: v.object({ userId: UserId, login: Login }),
    /** While the hub is away this worker may send `count` messages per `windowMs`, whatever its rank: all shares together stay within the smallest limit. */
    awayBudget: v.object({ count: Seq, windowMs: Seq }),
  }),
  HubEvent,
  /** The window was too small: these numbers will never come. */
  v.object({ kind: v.literal("gap"), fromSeq: Seq, toSeq: Seq }),
  v.object({
    kind: v.literal("topic-refused"),
    topic: Topic,
    code: v.picklist(TOPIC_REFUSALS),
    detail: Text,
  }),
  /** Everything this worker wants is enabled at Twitch, or was refused and said so. */
  v.object({ kind: v.literal("topics-settled") }),
  v.object({ kind: v.literal("response"), id: RequestId, reply: Reply }),
  v.object({
    kind: v.literal("request-failed"),
    id: RequestId,
    code: v.picklist(["needs-reauth", "twitch-away", "twitch-refused"]),
    detail: Text,
  }),
]);
export type HubToWorker = v.InferOutput<typeof HubToWorker>;
