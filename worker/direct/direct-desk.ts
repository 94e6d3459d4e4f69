/**
 * The hub's desk with another source of events: for all else (token, permits, channel facts) the hub is asked, but
 * of EventSub it is told that this worker wants nothing.
 */
import type { Clock, Millis } from "../../shared/clock.ts";
import type { ChannelId } from "../../shared/ids.ts";
import type { HubEvent } from "../../shared/ipc/hub-worker.ts";
import type { Logger } from "../../shared/log.ts";
import type { ChannelEventBody } from "../../shared/twitch/channel-event.ts";
import { parseEvent } from "../../shared/twitch/parse-event.ts";
import { makeSeenEvents } from "../../shared/twitch/seen-events.ts";
import type { Topic } from "../../shared/twitch/topics.ts";
import type { HandleEvent, HubDesk } from "../hub-desk.ts";
import { type DirectEvents, startDirectEvents } from "./direct-events.ts";
import type { DirectEvent, OpenDirectListener } from "./direct-listener.ts";

const nobody = () => {};
/** From the dial until subscriptions stand, or the next rest begins. */
const TRY_TAKES_MS: Millis = 20_000;

/** No events at all, though modules may want some: said once, in the log. */
export function withoutEvents(hub: HubDesk, log: Logger): HubDesk {
  return {
    ...hub,
    wantTopics(topics, onSettled) {
      if (topics.length > 0) log.info({ topics }, "eventsub is disabled here: modules hear nothing of these");
      hub.wantTopics([], onSettled);
    },
  };
}

/** Looks for what this connection did not bring; what is found comes as an event of the hub's. */
export interface MissedEvents {
  wants(topics: readonly Topic[]): void;
  /** EventSub's own word, each event once. */
  heard(body: ChannelEventBody): void;
  /** All topics stand again: until now something may have been missed. */
  settled(): void;
}

export function withDirectEvents(
  hub: HubDesk,
  using: {
    readonly channelId: () => ChannelId | undefined;
    /** Loads the library, which other workers never do. */
    readonly loadListener: () => Promise<OpenDirectListener>;
    readonly clock: Clock;
    readonly random: () => number;
    readonly log: Logger;
    readonly onTrouble: (code: string, detail: string) => void;
    readonly onTopicsWait: (because: string, forMs: Millis) => void;
    /** Left out: nobody looks. */
    readonly missed?: MissedEvents | undefined;
  },
): HubDesk {
  const { clock, log, missed } = using;
  const seen = makeSeenEvents(clock);
  let handle: HandleEvent | undefined;
  let early: HubEvent[] = [];
  let events: DirectEvents | undefined;
  let isStopped = false;

  const bringIn = ({ messageId, at, topic, body }: DirectEvent) => {
    const parsed = parseEvent(topic, body);
    if (parsed.is === "unknown") return log.warn({ problem: parsed.problem }, "an event was not understood");
    if (parsed.channelId !== using.channelId() || !seen.isNew(messageId, parsed.channelId, parsed.body))
      return;
    missed?.heard(parsed.body);
    const event: HubEvent = { kind: "event", seq: 0, id: messageId, at, body: parsed.body };
    if (handle) void handle(event);
    else early.push(event);
  };
  const refuse = (topic: Topic, problem: string) => {
    log.warn({ topic, detail: problem }, "topic refused");
    using.onTrouble("topic-refused", `${topic}: ${problem}`);
  };
  const wait = (topic: Topic, problem: string, forMs: Millis) => {
    log.warn({ topic, detail: problem, forMs }, "topic not given yet");
    using.onTrouble("eventsub-away", `none of ${topic}: ${problem}`);
    using.onTopicsWait(`${topic} is not given yet: ${problem}`, forMs + TRY_TAKES_MS);
  };
  const rest = (problem: string, forMs: Millis) => {
    using.onTrouble("eventsub-away", problem);
    using.onTopicsWait(`no events arrive: ${problem}`, forMs + TRY_TAKES_MS);
  };

  return {
    ...hub,
    wantTopics(topics, onSettled) {
      hub.wantTopics([], nobody);
      missed?.wants(topics);
      void using.loadListener().then((open) => {
        if (isStopped) return;
        events ??= startDirectEvents({
          ...using,
          open,
          onEvent: bringIn,
          onRefused: refuse,
          onNotYet: wait,
          onAway: rest,
        });
        events.want(topics, () => {
          missed?.settled();
          onSettled();
        });
      });
    },
    takeEvents(handler) {
      handle = handler;
      hub.takeEvents(async (event) => {
        const channelId = using.channelId();
        // What was found missing may still come by the connection, or have come just now.
        const isNew = channelId !== undefined && seen.isNew(event.id, channelId, event.body);
        return isNew ? handler(event) : "dealt-with";
      });
      const waiting = early;
      early = [];
      for (const event of waiting) void handler(event);
    },
    holdEvents() {
      handle = undefined;
      hub.holdEvents();
    },
    stop() {
      isStopped = true;
      events?.stop();
      hub.stop();
    },
  };
}
