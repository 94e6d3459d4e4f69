/**
 * EventSub without the hub, for a channel or two: a listener with our own patience around it. The library's listener
 * dials again without a rest, waits for ever when no welcome comes, and follows a stale address for ever: so it is
 * never left to dial twice. Each listener is used once, and the next one begins after a rest that grows. A topic that
 * Twitch did not give is asked for again on the same connection, after such rests, while the others are heard.
 *
 * What is not promised here and is by the hub: nothing is kept for a worker that is away. For what was missed looks
 * whoever is told that everything is settled (again).
 */
import { type Backoff, restMs } from "../../shared/backoff.ts";
import type { Clock, Millis } from "../../shared/clock.ts";
import type { Logger } from "../../shared/log.ts";
import type { Topic } from "../../shared/twitch/topics.ts";
import type { DirectEvent, DirectListener, NotYet, OpenDirectListener } from "./direct-listener.ts";

export interface DirectEvents {
  /** The whole wish. `onSettled`: each stands at Twitch, or was refused. */
  want(topics: readonly Topic[], onSettled: () => void): void;
  isOpen(): boolean;
  stop(): void;
}

const REST: Backoff = { first: 1_000, longest: 60_000, jitter: 0.5 };
const READY_WITHIN_MS: Millis = 15_000;
/** A connection that lived this long was a good one. */
const PROVED_MS: Millis = 30_000;
/** What was sent on the old connection may still be on its way when the new one hears already. */
const LINGER_MS: Millis = 2_000;
/** About a minute with the rests between: a dropped session's subscriptions no longer count then. */
const DOUBTS_MAX = 6;

interface Turn {
  listener: DirectListener | undefined;
  readonly since: Millis;
  isReady: boolean;
  readonly open: Set<Topic>;
  /** Of topics that are tried again. */
  readonly misses: Map<Topic, number>;
  readonly rests: Map<Topic, () => void>;
  cancelDeadline: () => void;
}

export function startDirectEvents(using: {
  readonly open: OpenDirectListener;
  readonly onEvent: (event: DirectEvent) => void;
  readonly onRefused: (topic: Topic, problem: string) => void;
  /** Tried again in so long; until then, and for as long as it is refused, nothing is settled. */
  readonly onNotYet: (topic: Topic, problem: string, forMs: Millis) => void;
  readonly onAway: (problem: string, forMs: Millis) => void;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Logger;
}): DirectEvents {
  const { clock, log } = using;
  let wish: { readonly topics: readonly Topic[]; readonly onSettled: () => void } | undefined;
  let current: Turn | undefined;
  let next: Turn | undefined;
  let failures = 0;
  let isStopped = false;
  let cancelRest = () => {};
  const lingering = new Set<() => void>();

  const begin = (): Turn | undefined => {
    if (isStopped || !wish || wish.topics.length === 0) return undefined;
    const { topics, onSettled } = wish;
    const turn: Turn = {
      listener: undefined,
      since: clock.now(),
      isReady: false,
      open: new Set(topics),
      misses: new Map(),
      rests: new Map(),
      cancelDeadline: () => {},
    };
    const done = (topic: Topic) => {
      if (!turn.open.delete(topic) || turn.open.size > 0) return;
      onSettled();
      if (next === turn) takeOver(turn);
    };
    const refuse = (topic: Topic, problem: string) => {
      using.onRefused(topic, problem);
      done(topic);
    };
    const tryLater = (topic: Topic, { is, problem }: NotYet) => {
      const misses = (turn.misses.get(topic) ?? 0) + 1;
      turn.misses.set(topic, misses);
      const forMs = restMs(REST, misses, using.random());
      turn.rests.set(
        topic,
        clock.after(forMs, () => turn.listener?.tryAgain(topic)),
      );
      // Refused already, and tried all the same: somebody may have made room.
      if (!turn.open.has(topic)) return;
      if (is === "doubtful" && misses >= DOUBTS_MAX) refuse(topic, problem);
      else using.onNotYet(topic, problem, forMs);
    };
    turn.cancelDeadline = clock.after(READY_WITHIN_MS, () => fail(turn, "no welcome in time"));
    turn.listener = using.open({
      topics,
      onReady() {
        turn.isReady = true;
        turn.cancelDeadline();
      },
      onSubscribed: done,
      onRefused: refuse,
      onNotYet: tryLater,
      onEvent: using.onEvent,
      onMoveAsked() {
        if (turn !== current || next) return;
        log.info("Twitch asks to move to another connection");
        next = begin();
      },
      onEnd: (problem) => fail(turn, problem),
    });
    return turn;
  };
  const close = (turn: Turn) => {
    turn.cancelDeadline();
    for (const cancel of turn.rests.values()) cancel();
    turn.listener?.stop();
  };
  const takeOver = (turn: Turn) => {
    const old = current;
    current = turn;
    next = undefined;
    if (!old) return;
    const cancel = clock.after(LINGER_MS, () => {
      lingering.delete(end);
      close(old);
    });
    const end = () => {
      cancel();
      close(old);
    };
    lingering.add(end);
  };
  const fail = (turn: Turn, problem: string) => {
    if (isStopped || (turn !== current && turn !== next)) return;
    close(turn);
    // The old one still hears until it ends, too.
    if (turn === next) {
      next = undefined;
      return;
    }
    current = undefined;
    if (next) return takeOver(next);
    failures = clock.now() - turn.since >= PROVED_MS && turn.isReady ? 1 : failures + 1;
    const forMs = restMs(REST, failures, using.random());
    log.warn({ problem, forMs, failures }, "the direct EventSub connection rests");
    using.onAway(problem, forMs);
    cancelRest = clock.after(forMs, () => {
      current = begin();
    });
  };

  return {
    want(topics, onSettled) {
      wish = { topics, onSettled };
      cancelRest();
      for (const turn of [current, next]) if (turn) close(turn);
      next = undefined;
      current = begin();
      if (topics.length === 0) onSettled();
    },
    isOpen: () => current?.isReady ?? false,
    stop() {
      isStopped = true;
      cancelRest();
      for (const end of lingering) end();
      lingering.clear();
      for (const turn of [current, next]) if (turn) close(turn);
    },
  };
}
