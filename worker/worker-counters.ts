/** Running totals since the process started: they travel with the beats. */
import type { ChatChoice } from "../shared/chat-choice.ts";
import type { Counters } from "../shared/ipc/supervisor-child.ts";
import type { Outcome } from "./outcome.ts";
import type { Signal } from "./signal.ts";

export interface WorkerCounters {
  count(kind: Signal["kind"], outcome: Outcome): void;
  /** As the supervisor wants them. */
  now(): Counters;
  commandsAnswered(): number;
}

const OPEN_BY = { irc: "open", eventsub: "eventsub" } as const;

export function makeWorkerCounters(links: {
  readonly chatBy: ChatChoice["transport"];
  readonly isChatOpen: () => boolean;
  readonly isHubOpen: () => boolean;
}): WorkerCounters {
  let messagesSeen = 0;
  let messagesAnswered = 0;
  let messagesSent = 0;
  let eventsSeen = 0;
  return {
    count(kind, outcome) {
      if (kind === "channel-event") eventsSeen += 1;
      else messagesSeen += 1;
      messagesSent += countAccepted(outcome);
      if (kind === "chat-message" && isHeard(outcome)) messagesAnswered += 1;
    },
    now: () => ({
      messagesSeen,
      messagesAnswered,
      messagesSent,
      eventsSeen,
      chatLink: links.isChatOpen() ? OPEN_BY[links.chatBy] : "closed",
      hubLink: links.isHubOpen() ? "open" : "closed",
    }),
    commandsAnswered: () => messagesAnswered,
  };
}

/** An answer that never reached the channel is none. */
const isHeard = (outcome: Outcome): boolean => outcome.is === "answered" && countAccepted(outcome) > 0;

const countAccepted = (outcome: Outcome): number =>
  "deliveries" in outcome ? outcome.deliveries.filter((one) => one.is === "accepted").length : 0;
