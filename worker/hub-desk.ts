/**
 * The worker's side of the hub-worker conversation, over a link that comes back. Promises: the whole wish for
 * topics is said after every welcome; each event is handed on once, in order, and acknowledged when it has been
 * dealt with, and left to the hub when it was not; a question ends in a reply, a refusal, or "away" within its deadline.
 */
import type { Clock, Millis } from "../shared/clock.ts";
import {
  HUB_WORKER_VERSION,
  type HubEvent,
  HubToWorker,
  type Question,
  type ReplyTo,
  SENDS_REMEMBERED_MAX,
  type WorkerToHub,
} from "../shared/ipc/hub-worker.ts";
import { type LastingLink, startLastingLink } from "../shared/ipc/lasting-link.ts";
import { HOUSE_PULSE } from "../shared/ipc/link.ts";
import type { WorkerPapers } from "../shared/ipc/papers.ts";
import { makePendingRequests } from "../shared/ipc/pending-requests.ts";
import type { Logger } from "../shared/log.ts";
import type { Topic } from "../shared/twitch/topics.ts";
import { emptyInbox, finishEvent, openEpoch, skipGap, takeEvent } from "./event-inbox.ts";

export type Welcome = Extract<HubToWorker, { kind: "welcome" }>;
type RequestFailed = Extract<HubToWorker, { kind: "request-failed" }>;
type Answered = Extract<HubToWorker, { kind: "response" | "request-failed" }>;

export type Asked<Q extends Question> =
  | { readonly is: "answered"; readonly reply: ReplyTo<Q> }
  | { readonly is: "refused"; readonly code: RequestFailed["code"]; readonly detail: string }
  | { readonly is: "away" };

/** Resolves when the event is accounted for. `left-undone`: the hub keeps it for our successor. */
export type HandleEvent = (event: HubEvent) => Promise<"dealt-with" | "left-undone">;

export interface HubDesk {
  readonly firstWelcome: Promise<Welcome>;
  /** The latest; undefined before the first. */
  welcome(): Welcome | undefined;
  isOpen(): boolean;
  ask<Q extends Question>(question: Q, withinMs: Millis): Promise<Asked<Q>>;
  /** The whole wish. `onSettled`: the hub says that each is enabled at Twitch, or was refused. */
  wantTopics(topics: readonly Topic[], onSettled: () => void): void;
  /** Events that came before are handed on at once. */
  takeEvents(handle: HandleEvent): void;
  /** Events that come from now on are kept back; the hub gives them to our successor. */
  holdEvents(): void;
  stop(): void;
}

export function startHubDesk(using: {
  readonly path: string;
  readonly papers: Pick<WorkerPapers, "childId" | "spawnId" | "credential" | "channel">;
  /** When this worker spoke lately, monotonic: a hub that was restarted must count it, too. */
  readonly recentSends: () => readonly Millis[];
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Logger;
  readonly onTrouble: (code: string, detail: string) => void;
}): HubDesk {
  const { clock, log, papers } = using;
  const requests = makePendingRequests<Answered>(clock);
  let inbox = emptyInbox;
  let welcome: Welcome | undefined;
  let isOpen = false;
  let wish: { readonly topics: readonly Topic[]; readonly onSettled: () => void } | undefined;
  let handle: HandleEvent | undefined;
  let early: { readonly event: HubEvent; readonly epoch: string | undefined }[] = [];
  let resolveFirst: (welcome: Welcome) => void = () => {};
  const firstWelcome = new Promise<Welcome>((resolve) => {
    resolveFirst = resolve;
  });

  const sayWish = () => {
    if (wish && isOpen) link.send({ kind: "want-topics", topics: [...wish.topics] });
  };
  const bringIn = async (event: HubEvent, epoch: string | undefined) => {
    if (!handle) {
      early.push({ event, epoch });
      return;
    }
    if ((await handle(event)) === "left-undone") return;
    const finished = finishEvent(inbox, epoch, event.seq);
    inbox = finished.inbox;
    if (finished.acknowledge !== undefined) link.send({ kind: "event-received", seq: finished.acknowledge });
  };
  const hear = (message: HubToWorker) => {
    switch (message.kind) {
      case "welcome":
        isOpen = true;
        welcome = message;
        inbox = openEpoch(inbox, message.epoch);
        resolveFirst(message);
        return sayWish();
      case "event": {
        const taken = takeEvent(inbox, message.seq);
        inbox = taken.inbox;
        if (taken.isNew) void bringIn(message, inbox.epoch);
        return;
      }
      case "gap":
        inbox = skipGap(inbox, message.toSeq);
        log.warn(
          { fromSeq: message.fromSeq, toSeq: message.toSeq },
          "events are lost: the hub could not keep them",
        );
        return using.onTrouble("events-lost", `events ${message.fromSeq} to ${message.toSeq} are lost`);
      case "topics-settled":
        return wish?.onSettled();
      case "topic-refused":
        log.warn({ topic: message.topic, code: message.code, detail: message.detail }, "topic refused");
        return using.onTrouble(`topic-${message.code}`, `${message.topic}: ${message.detail}`);
      case "response":
      case "request-failed":
        return requests.settle(message.id, message);
    }
  };
  const link: LastingLink<WorkerToHub> = startLastingLink<HubToWorker, WorkerToHub>({
    name: "hub",
    path: using.path,
    incoming: HubToWorker,
    hello: () => ({
      kind: "hello",
      conversation: "hub-worker",
      version: HUB_WORKER_VERSION,
      childId: papers.childId,
      spawnId: papers.spawnId,
      credential: papers.credential,
      channel: papers.channel,
      sentAgoMs: toAges(using.recentSends(), clock.now()),
      ...resumePoint(inbox.epoch, inbox.finishedUpTo),
    }),
    clock,
    random: using.random,
    log,
    pulse: HOUSE_PULSE,
    onMessage: hear,
    onEnd(end) {
      // Turned away at the door: only the operator can find out why a channel has no hub.
      if (!isOpen && end.is === "peer-said-goodbye") using.onTrouble("hub-refused", end.because);
      isOpen = false;
      requests.linkClosed();
    },
  });

  return {
    firstWelcome,
    welcome: () => welcome,
    isOpen: () => isOpen,
    async ask<Q extends Question>(question: Q, withinMs: Millis) {
      if (!isOpen) return { is: "away" };
      const asked = await requests.ask((id) => link.send({ kind: "request", id, question }), withinMs);
      return asked.is === "answered" ? toAsked(question, asked.answer) : { is: "away" };
    },
    wantTopics(topics, onSettled) {
      wish = { topics, onSettled };
      sayWish();
    },
    takeEvents(handler) {
      handle = handler;
      const waiting = early;
      early = [];
      for (const { event, epoch } of waiting) void bringIn(event, epoch);
    },
    holdEvents() {
      handle = undefined;
    },
    stop: () => link.stop(),
  };
}

/** Twitch's window, and a little more for the way there. */
const SENDS_TOLD_MS: Millis = 31_000;

const toAges = (sentAt: readonly Millis[], now: Millis): Millis[] =>
  sentAt
    .map((at) => Math.max(0, now - at))
    .filter((ago) => ago < SENDS_TOLD_MS)
    .slice(-SENDS_REMEMBERED_MAX);

function resumePoint(epoch: string | undefined, seq: number | undefined) {
  return epoch === undefined || seq === undefined ? {} : { resumeAfter: { epoch, seq } };
}

/** A reply about something else than was asked is no reply. */
function toAsked<Q extends Question>(question: Q, answer: Answered): Asked<Q> {
  if (answer.kind === "request-failed") return { is: "refused", code: answer.code, detail: answer.detail };
  return isReplyTo(question, answer.reply) ? { is: "answered", reply: answer.reply } : { is: "away" };
}

function isReplyTo<Q extends Question>(question: Q, reply: { readonly about: string }): reply is ReplyTo<Q> {
  return reply.about === question.about;
}
