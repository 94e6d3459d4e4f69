/**
 * What the hub and a worker say to each other. A wish carries the whole wish, so saying it twice is harmless;
 * events are numbered per channel and kept by the hub until the worker has said `event-received`.
 */
import * as v from "valibot";
import { ChannelWeight } from "../channel-weight.ts";
import { ChannelId, ChildId, Login, UserId } from "../ids.ts";
import { quickVariant } from "../quick-variant.ts";
import { ChannelEventBody } from "../twitch/channel-event.ts";
import { Topic } from "../twitch/topics.ts";
import { CrowdAnswer, CrowdQuestion } from "./crowd-words.ts";
import { GameHits, GameQuestion, GameReply } from "./game-words.ts";
import { GrantUses, PERMIT_MESSAGES_OF_HUB, PERMIT_MESSAGES_OF_WORKER, STANDINGS } from "./permit-words.ts";

export const HUB_WORKER_VERSION = 4;

/**
 * The hub keeps at most so many events for one worker. A worker remembers as many that it has finished: a hub that
 * was restarted may bring those again of which it did not hear in time.
 */
export const EVENTS_KEPT_MAX = 2_500;

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
  /** Say this in the worker's own channel. */
  v.object({
    about: v.literal("say"),
    /** Names this very answer: what was said under it, or may have been, is never said again. */
    key: v.pipe(v.string(), v.maxLength(200)),
    text: v.pipe(v.string(), v.minLength(1), v.maxLength(500)),
  }),
  /** What is known of a game; the hub asks the sources, once for all workers. */
  GameQuestion,
  /** What a name means to the crowd, and what moderators say it means. */
  CrowdQuestion,
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
  /** Twitch's own; empty when the channel has none. */
  categoryId: v.string(),
  categoryName: v.string(),
  live: v.optional(v.object({ streamId: v.string(), startedAt: v.string(), viewers: v.number() })),
});
export const SayEnd = v.variant("is", [
  v.object({ is: v.literal("sent") }),
  /** Twitch took it and did not show it. */
  v.object({ is: v.literal("dropped"), because: v.pipe(v.string(), v.maxLength(100)) }),
  /** It went out, and the answer was lost. */
  v.object({ is: v.literal("unknown") }),
]);
export type SayEnd = v.InferOutput<typeof SayEnd>;
export const Said = v.object({ about: v.literal("say"), end: SayEnd });
export const Reply = v.variant("about", [ChatToken, ChannelNow, Said, GameReply, CrowdAnswer]);
export type Reply = v.InferOutput<typeof Reply>;
/** The reply that belongs to a question. */
export type ReplyTo<Q extends Question> = Extract<Reply, { about: Q["about"] }>;

export const WorkerToHub = quickVariant("kind", [
  v.object({
    kind: v.literal("hello"),
    conversation: v.literal("hub-worker"),
    version: v.literal(HUB_WORKER_VERSION),
    childId: ChildId,
    spawnId: v.pipe(v.string(), v.maxLength(64)),
    credential: v.pipe(v.string(), v.maxLength(128)),
    channel: Login,
    /** What this worker used and may still use, whichever hub granted it: one that was restarted must count it, too. */
    uses: GrantUses,
    /** No hub has welcomed this process before. */
    isFresh: v.boolean(),
    /** Its channel's part of what the account may say. */
    weight: ChannelWeight,
    /** The last event this worker has finished with, and in which epoch of the hub; absent in a fresh worker. */
    resumeAfter: v.optional(v.object({ epoch: v.string(), seq: Seq })),
  }),
  v.object({ kind: v.literal("want-topics"), topics: v.array(Topic) }),
  /** Everything up to and including `seq` is dealt with. */
  v.object({ kind: v.literal("event-received"), seq: Seq }),
  v.object({ kind: v.literal("request"), id: RequestId, question: Question }),
  GameHits,
  ...PERMIT_MESSAGES_OF_WORKER,
]);
export type WorkerToHub = v.InferOutput<typeof WorkerToHub>;

/** `needs-reauth` is mended by the bot's login, `needs-grant` by the channel's broadcaster. */
export const TOPIC_REFUSALS = [
  "needs-reauth",
  "needs-grant",
  "cost-exceeded",
  "not-found",
  "refused",
] as const;

export const HubEvent = v.object({
  kind: v.literal("event"),
  seq: Seq,
  /** Twitch's message id: the same event may come twice, this does not change. */
  id: Text,
  /** When Twitch says it happened, ISO 8601. */
  at: Text,
  body: ChannelEventBody,
  /** Found out by asking Twitch after an outage; Twitch never sent it. */
  recovered: v.optional(v.literal(true)),
});
export type HubEvent = v.InferOutput<typeof HubEvent>;

/** `rate-limited`: Helix's points are spent. Of what was to be said: it was not said. */
export const REQUEST_FAILURES = ["needs-reauth", "twitch-away", "twitch-refused", "rate-limited"] as const;

export const HubToWorker = quickVariant("kind", [
  v.object({
    kind: v.literal("welcome"),
    version: v.literal(HUB_WORKER_VERSION),
    /** Changes when the hub restarts: sequence numbers of another epoch mean nothing. */
    epoch: v.pipe(v.string(), v.maxLength(64)),
    channelId: ChannelId,
    channelName: Text,
    bot: v.object({
      userId: UserId,
      login: Login,
      /** Its token lets the hub speak for it. */
      maySayByHelix: v.optional(v.boolean()),
      /** What it was in this channel when a worker told it last: whoever can't ask chat begins with it. */
      lastStanding: v.optional(v.picklist(STANDINGS)),
    }),
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
  /** After each look at Twitch that changes it: every wanted topic that the channel's owner has to grant first. */
  v.object({
    kind: v.literal("grants-missing"),
    topics: v.array(v.object({ topic: Topic, detail: Text })),
  }),
  /** The bot's account is good again: whoever rests because its token was refused need not. */
  v.object({ kind: v.literal("reauth-over") }),
  /** Twitch keeps the hub waiting, too; it tries again in so long. */
  v.object({ kind: v.literal("topics-wait"), because: Text, forMs: v.pipe(v.number(), v.minValue(0)) }),
  /** To whoever wants chat over EventSub, on each link and after each change; said again while it is closed. */
  v.object({
    kind: v.literal("chat-link"),
    isOpen: v.boolean(),
    /** Why it is closed, and who can do something. */
    wait: v.optional(v.object({ for: v.picklist(["twitch", "operator"]), detail: Text })),
  }),
  /** Everything this worker wants is enabled at Twitch, or was refused and said so. */
  v.object({ kind: v.literal("topics-settled") }),
  v.object({ kind: v.literal("response"), id: RequestId, reply: Reply }),
  v.object({
    kind: v.literal("request-failed"),
    id: RequestId,
    code: v.picklist(REQUEST_FAILURES),
    detail: Text,
  }),
  ...PERMIT_MESSAGES_OF_HUB,
]);
export type HubToWorker = v.InferOutput<typeof HubToWorker>;
