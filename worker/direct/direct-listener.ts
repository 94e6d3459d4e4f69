/** One use of an EventSub listener, from its start to its end; whoever holds it decides when another one is begun. */
import type { Topic } from "../../shared/twitch/topics.ts";

export interface DirectListener {
  /** Once more, for a topic that does not stand yet. */
  tryAgain(topic: Topic): void;
  stop(): void;
}

export interface DirectListening {
  readonly topics: readonly Topic[];
  /** The connection is welcomed: subscriptions are being made. */
  readonly onReady: () => void;
  /** This topic stands. */
  readonly onSubscribed: (topic: Topic) => void;
  readonly onRefused: (topic: Topic, problem: string) => void;
  /** It may stand when it is tried again. */
  readonly onNotYet: (topic: Topic, failure: NotYet) => void;
  /** As Twitch sent it. */
  readonly onEvent: (event: DirectEvent) => void;
  /** Twitch asked to move: another listener should take over while this one still hears. */
  readonly onMoveAsked: () => void;
  /** Called at most once; this listener is of no more use. */
  readonly onEnd: (problem: string) => void;
}

export interface NotYet {
  /** `doubtful`: several in a row are a refusal. */
  readonly is: "away" | "doubtful";
  readonly problem: string;
}

export interface DirectEvent {
  readonly messageId: string;
  /** ISO 8601. */
  readonly at: string;
  readonly topic: Topic;
  readonly body: unknown;
}

export type OpenDirectListener = (listening: DirectListening) => DirectListener;
