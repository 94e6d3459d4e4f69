/**
 * @twurple/eventsub-ws, used for one connection and fenced. Loaded only by a worker that hears EventSub directly.
 *
 * Of the library are used: the subscriptions, with their conditions, and the keepalive watch. Frames are looked at
 * before they reach it, because it throws out of its socket at what is no JSON, and because what we want of an event
 * is Twitch's own body with the id of its message. It is never let dial a second time: what makes it dial again
 * (`session_reconnect`, a connection that ended) ends this use instead, and its timer for each event (ten minutes, to
 * drop repeats) is spared: the worker knows repeats itself.
 */
import { ApiClient } from "@twurple/api";
import type { AuthProvider } from "@twurple/auth";
import { EventSubWsListener } from "@twurple/eventsub-ws";
import * as v from "valibot";
import type { Clock, Millis } from "../../shared/clock.ts";
import type { ChannelId, UserId } from "../../shared/ids.ts";
import type { Logger } from "../../shared/log.ts";
import { openHelixAgent, redirectTo, toFetchOptions } from "../../shared/twitch/helix-redirect.ts";
import { isTopic, type Topic } from "../../shared/twitch/topics.ts";
import type { DirectListening, OpenDirectListener } from "./direct-listener.ts";
import { toUncreated } from "./to-uncreated.ts";
import { type EventSubSubscription, topicCalls } from "./topic-calls.external.ts";

/** Twitch's own rule: what is older is a replay. */
const FRAME_AGE_MAX_MS: Millis = 10 * 60_000;

const Text = v.pipe(v.string(), v.maxLength(2_000));
const Frame = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({
    metadata: v.object({ message_id: Text, message_type: Text, message_timestamp: Text }),
    payload: v.optional(v.unknown()),
  }),
);
type Frame = v.InferOutput<typeof Frame>;
const Notified = v.object({
  subscription: v.object({ type: Text }),
  event: v.optional(v.unknown()),
  events: v.optional(v.array(v.object({ id: Text, data: v.unknown() }))),
});

/** What the library keeps to itself and this fence has to reach. */
interface Inside {
  _sockets: Map<string, InnerSocket>;
}
interface InnerSocket {
  readonly _connection: Connection;
  _clearKeepaliveTimer(): void;
}
interface Connection {
  readonly onReceive: unknown;
  emit(event: unknown, ...about: unknown[]): void;
  _tryConnect: () => void;
  readonly _currentConnection:
    | { readonly _socket: { readonly readyState: number } | null; clearSocket(): void }
    | undefined;
}
/** As a WebSocket counts: dialling is 0, and is given up by the library itself. */
const OPEN_STATE = 1;

/** What the library hears instead of a notification: a sign of life, of which it keeps nothing. */
const SIGN_OF_LIFE = JSON.stringify({ metadata: { message_type: "session_keepalive" }, payload: {} });

export interface DirectWay {
  readonly urls: { readonly helix: string; readonly eventsub: string };
  readonly authProvider: AuthProvider;
  readonly channelId: ChannelId;
  readonly botId: UserId;
  readonly clock: Clock;
  readonly log: Logger;
}

export function makeOpenListener(way: DirectWay): OpenDirectListener {
  return (listening) => {
    const agent = openHelixAgent();
    const apiClient = new ApiClient({
      authProvider: way.authProvider,
      fetchOptions: toFetchOptions(agent.compose(redirectTo(way.urls.helix))),
      logger: { minLevel: "critical" },
    });
    const listener = new EventSubWsListener({
      apiClient,
      url: way.urls.eventsub,
      logger: { minLevel: "critical" },
    });
    const use = beginUse(listener, listening, way);
    return {
      tryAgain: use.tryAgain,
      stop() {
        use.end();
        // What is under way may finish: a request that is cut off, the library would try again.
        void agent.close();
      },
    };
  };
}

function beginUse(listener: EventSubWsListener, listening: DirectListening, way: DirectWay) {
  const { channelId, botId, log } = way;
  const inside = listener as unknown as Inside;
  let isOver = false;
  const end = () => {
    if (isOver) return;
    isOver = true;
    const [inner] = inside._sockets.values();
    const used = inner?._connection._currentConnection;
    listener.stop();
    // It would wait half a minute for the other side's goodbye, and watch for keepalives meanwhile.
    inner?._clearKeepaliveTimer();
    if ((used?._socket?.readyState ?? 0) >= OPEN_STATE) used?.clearSocket();
  };
  const fail = (problem: string) => {
    if (isOver) return;
    end();
    listening.onEnd(problem);
  };

  const topicOf = new Map<EventSubSubscription, Topic>();
  const tryAgain = (topic: Topic) => {
    if (isOver) return;
    for (const [subscription, its] of topicOf) if (its === topic) subscription.start();
  };
  for (const topic of listening.topics) {
    const subscription = topicCalls[topic](listener, channelId, botId);
    // The library opens a connection for each account named here; all of ours are the bot's.
    Object.defineProperty(subscription, "authUserId", { value: botId });
    topicOf.set(subscription, topic);
  }
  listener.onSubscriptionCreateSuccess((subscription) => {
    const topic = topicOf.get(subscription as EventSubSubscription);
    if (topic && !isOver) listening.onSubscribed(topic);
  });
  listener.onSubscriptionCreateFailure((subscription, error) => {
    const topic = topicOf.get(subscription as EventSubSubscription);
    if (!topic || isOver) return;
    const { is, problem } = toUncreated(error);
    if (is === "hopeless") listening.onRefused(topic, problem);
    // An answer was lost. Only on a new connection nothing is left of it.
    else if (is === "look-again") fail(`${topic}: ${problem}`);
    else listening.onNotYet(topic, { is, problem });
  });
  listener.onRevoke((subscription, status) => {
    const topic = topicOf.get(subscription as EventSubSubscription);
    if (topic && !isOver) listening.onRefused(topic, `Twitch revoked it: ${status}`);
  });
  listener.onUserSocketReady(() => !isOver && listening.onReady());
  // Outside its own handler: it is about to dial again there.
  listener.onUserSocketDisconnect((_user, error) =>
    queueMicrotask(() => fail(error ? error.message : "the connection ended")),
  );
  listener.start();

  const [socket] = inside._sockets.values();
  if (!socket) {
    queueMicrotask(() => fail("no connection was opened"));
    return { end, tryAgain };
  }
  const connection = socket._connection;
  // The first dial is under way. Without a rest there shall be no other.
  connection._tryConnect = () => {};
  const emit = connection.emit.bind(connection);
  connection.emit = (event, ...about) => {
    if (event !== connection.onReceive) return emit(event, ...about);
    if (isOver) return;
    const frame = v.safeParse(Frame, about[0]);
    if (!frame.success) return log.warn("a frame of EventSub that is none was dropped");
    emit(event, take(frame.output, listening, way) === "pass-on" ? about[0] : SIGN_OF_LIFE);
  };
  return { end, tryAgain };
}

function take({ metadata, payload }: Frame, listening: DirectListening, way: DirectWay): "pass-on" | "taken" {
  if (metadata.message_type === "session_reconnect") {
    listening.onMoveAsked();
    return "taken";
  }
  if (metadata.message_type !== "notification") return "pass-on";
  const notified = v.safeParse(Notified, payload);
  if (!notified.success) {
    way.log.warn("a notification of EventSub that was not understood was dropped");
    return "taken";
  }
  const { subscription, event, events } = notified.output;
  const ageMs = way.clock.wall() - Date.parse(metadata.message_timestamp);
  if (!isTopic(subscription.type) || ageMs > FRAME_AGE_MAX_MS) return "taken";
  const { message_id: id, message_timestamp: at } = metadata;
  for (const one of events ?? [{ id, data: event }])
    listening.onEvent({ messageId: one.id, at, topic: subscription.type, body: one.data });
  return "taken";
}
