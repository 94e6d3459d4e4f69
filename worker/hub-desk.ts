/**
 * The worker's side of the hub-worker conversation, over a link that comes back. Promises: the whole wish for
 * topics is said after every welcome; each event is handed on once, in order, over restarts of the hub too, and
 * acknowledged when it has been dealt with, and left to the hub when it was not; a question ends in a reply, a
 * refusal, or "away" within its deadline.
 */
import type { Clock, Millis } from "../shared/clock.ts";
import { makeAcknowledgements } from "../shared/ipc/acknowledgements.ts";
import {
  EVENTS_KEPT_MAX,
  HUB_WORKER_VERSION,
  type HubEvent,
  HubToWorker,
  type Question,
  type ReplyTo,
  type WorkerToHub,
} from "../shared/ipc/hub-worker.ts";
import { type LastingLink, startLastingLink } from "../shared/ipc/lasting-link.ts";
import { HOUSE_PULSE } from "../shared/ipc/link.ts";
import type { WorkerPapers } from "../shared/ipc/papers.ts";
import { makePendingRequests } from "../shared/ipc/pending-requests.ts";
import { dialSocket } from "../shared/ipc/socket-client.ts";
import type { Logger } from "../shared/log.ts";
import { type Topic, topicRow } from "../shared/twitch/topics.ts";

import { makeEventInbox } from "./event-inbox.ts";
import type { PermitHubSide } from "./permits/permit-desk.ts";

export type Welcome = Extract<HubToWorker, { kind: "welcome" }>;
type RequestFailed = Extract<HubToWorker, { kind: "request-failed" }>;
type Answered = Extract<HubToWorker, { kind: "response" | "request-failed" }>;

export type ChatLinkNews = Extract<HubToWorker, { kind: "chat-link" }>;

export type Asked<Q extends Question> =
  | { readonly is: "answered"; readonly reply: ReplyTo<Q> }
  | { readonly is: "refused"; readonly code: RequestFailed["code"]; readonly detail: string }
  /** `wasAsked`: it reached the hub, and what came of it is not known. */
  | { readonly is: "away"; readonly wasAsked?: true };

/** Resolves when the event is accounted for. `left-undone`: the hub keeps it for our successor. */
export type HandleEvent = (event: HubEvent) => Promise<"dealt-with" | "left-undone">;

export interface HubDesk {
  readonly firstWelcome: Promise<Welcome>;
  /** The latest; undefined before the first. */
  welcome(): Welcome | undefined;
  isOpen(): boolean;
  /** How chat over EventSub stands, as this hub said last. */
  chatLink(): ChatLinkNews | undefined;
  /** What needs no answer. */
  send(message: WorkerToHub): "sent" | "closed";
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
  readonly permits: PermitHubSide;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Logger;
  readonly onTrouble: (code: string, detail: string) => void;
  /** Topics that the channel's owner has to grant first; none: that is over. */
  readonly onGrantsMissing?: (topics: readonly { readonly topic: Topic; readonly detail: string }[]) => void;
  /** The bot's account is good again. */
  readonly onReauthOver?: () => void;
  /** `chatLink` may answer otherwise from now on. */
  readonly onChatLink?: () => void;
  readonly onTopicsWait?: (because: string, forMs: Millis) => void;
  /** The next try to reach the hub comes in so long. */
  readonly onAway?: (because: string, forMs: Millis) => void;
  /** `isOpen` answers otherwise from now on. */
  readonly onOpenOrClosed?: () => void;
  readonly dial?: typeof dialSocket;
}): HubDesk {
  const { clock, log, papers } = using;
  const requests = makePendingRequests<Answered>(clock);
  const inbox = makeEventInbox(EVENTS_KEPT_MAX);
  const acknowledgements = makeAcknowledgements({
    clock,
    // Before the welcome nobody knows whose numbers count: it may be another hub's.
    say: (seq) => isOpen && link.send({ kind: "event-received", seq }),
  });
  let welcome: Welcome | undefined;
  let isOpen = false;
  let chatLink: ChatLinkNews | undefined;
  let wish: { readonly topics: readonly Topic[]; readonly onSettled: () => void } | undefined;
  let handle: HandleEvent | undefined;
  let early: HubEvent[] = [];
  let resolveFirst: (welcome: Welcome) => void = () => {};
  const firstWelcome = new Promise<Welcome>((resolve) => {
    resolveFirst = resolve;
  });

  const sayWish = () => {
    if (wish && isOpen) link.send({ kind: "want-topics", topics: [...wish.topics] });
  };
  const bringIn = async (event: HubEvent) => {
    if (!handle) {
      early.push(event);
      return;
    }
    if ((await handle(event)) === "dealt-with") acknowledgements.add(inbox.finish(event.id));
  };
  const hear = (message: HubToWorker) => {
    switch (message.kind) {
      case "welcome":
        isOpen = true;
        welcome = message;
        if (message.epoch !== inbox.epoch()) acknowledgements.forget();
        inbox.openEpoch(message.epoch);
        // What was finished after the hello.
        acknowledgements.add(inbox.finishedUpTo());
        resolveFirst(message);
        using.onOpenOrClosed?.();
        return sayWish();
      case "event": {
        const taken = inbox.take(message.seq, message.id);
        if (taken.is === "new") void bringIn(message);
        else acknowledgements.add(taken.acknowledge);
        return;
      }
      case "gap":
        acknowledgements.add(inbox.skipTo(message.toSeq));
        log.warn(
          { fromSeq: message.fromSeq, toSeq: message.toSeq },
          "events are lost: the hub could not keep them",
        );
        return using.onTrouble("events-lost", `events ${message.fromSeq} to ${message.toSeq} are lost`);
      case "grants-missing":
        return using.onGrantsMissing?.(message.topics);
      case "reauth-over":
        return using.onReauthOver?.();
      case "topics-wait":
        return using.onTopicsWait?.(message.because, message.forMs);
      case "topics-settled":
        return wish?.onSettled();
      case "topic-refused":
        log.warn({ topic: message.topic, code: message.code, detail: message.detail }, "topic refused");
        // Heard all the same.
        if (topicRow(message.topic).isToldInChat) return;
        return using.onTrouble(`topic-${message.code}`, `${message.topic}: ${message.detail}`);
      case "chat-link":
        chatLink = message;
        return using.onChatLink?.();
      case "response":
      case "request-failed":
        requests.settle(message.id, message);
        return;
      default:
        return using.permits.hear(message);
    }
  };
  const link: LastingLink<WorkerToHub> = startLastingLink<HubToWorker, WorkerToHub>({
    name: "hub",
    path: using.path,
    dial: using.dial ?? dialSocket,
    incoming: HubToWorker,
    hello: () => ({
      kind: "hello",
      conversation: "hub-worker",
      version: HUB_WORKER_VERSION,
      childId: papers.childId,
      spawnId: papers.spawnId,
      credential: papers.credential,
      channel: papers.channel,
      ...using.permits.hello(),
      ...resumePoint(inbox.epoch(), inbox.finishedUpTo()),
    }),
    clock,
    random: using.random,
    log,
    pulse: HOUSE_PULSE,
    onMessage: hear,
    onDialled: (dialled, beganAt) =>
      using.permits.dialled(
        dialled.is === "refused" && dialled.isNobodyThere ? "nobody" : "perhaps-somebody",
        beganAt,
      ),
    onEnd(end) {
      // Turned away at the door: only the operator can find out why a channel has no hub.
      if (!isOpen && end.is === "peer-said-goodbye") using.onTrouble("hub-refused", end.because);
      isOpen = false;
      chatLink = undefined;
      requests.linkClosed();
      using.permits.linkLost();
      using.onOpenOrClosed?.();
    },
    onRest: (because, forMs) => using.onAway?.(because, forMs),
  });

  return {
    firstWelcome,
    welcome: () => welcome,
    isOpen: () => isOpen,
    chatLink: () => chatLink,
    send: (message) => link.send(message),
    async ask<Q extends Question>(question: Q, withinMs: Millis) {
      if (!isOpen) return { is: "away" };
      let wasAsked = false;
      const asked = await requests.ask((id) => {
        const sent = link.send({ kind: "request", id, question });
        wasAsked = sent === "sent";
        return sent;
      }, withinMs);
      if (asked.is === "answered") return toAsked(question, asked.answer);
      return { is: "away", ...(wasAsked ? { wasAsked: true } : {}) };
    },
    wantTopics(topics, onSettled) {
      wish = { topics, onSettled };
      sayWish();
    },
    takeEvents(handler) {
      handle = handler;
      const waiting = early;
      early = [];
      for (const event of waiting) void bringIn(event);
    },
    holdEvents() {
      handle = undefined;
    },
    stop() {
      acknowledgements.stop();
      link.stop();
    },
  };
}

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
