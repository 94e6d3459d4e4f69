/**
 * The connection behind one shard of the conduit. It is bound within 10 s of its welcome, and so is each that
 * follows it; it counts only while Twitch says that it is bound.
 */
import { type Backoff, restMs } from "../../shared/backoff.ts";
import type { Clock, Millis } from "../../shared/clock.ts";
import type { Logger } from "../../shared/log.ts";
import type { SessionEnd } from "./close-codes.ts";
import type { ConduitDesk, Shard } from "./conduit-desk.ts";
import type { Notification, Revocation } from "./parse-frame.ts";
import { makeEventSubSession } from "./session.ts";
import type { EventSubSession } from "./session-contract.ts";
import type { Dial } from "./socket.ts";
import { type ConnectionState, LINGER_MS, OPENS_WITHIN_MS } from "./transport.ts";
import { makeTurningPoint } from "./turning-point.ts";

/** Several tries fit into the 10 s that Twitch gives. */
const BIND_AGAIN: Backoff = { first: 500, longest: 4_000, jitter: 0.5 };
/** So long Twitch's list of shards may lag behind what it answered. */
const LISTED_WITHIN_MS: Millis = 10_000;

export interface ShardLine {
  /** Opens the connection if there is none, and binds it to this conduit. */
  serve(conduitId: string): void;
  /** The session that Twitch said is bound; undefined while none is. */
  boundAs(): string | undefined;
  /** What Twitch says of the shard, asked for when `askedAs` was bound. */
  compare(found: Shard | undefined, askedAs: string): void;
  /** There is no conduit to be bound to. */
  unbind(): void;
  /** The next connection is bound before this one is left. Undefined when that worked. */
  renew(): Promise<string | undefined>;
  close(): void;
  state(): ConnectionState;
}

export interface ShardListeners {
  readonly onBound: () => void;
  readonly onLost: (end: SessionEnd) => void;
  readonly onRest?: () => void;
  /** Twitch knows no such conduit. */
  readonly onGone: (problem: string) => void;
  readonly onNotification: (notification: Notification) => void;
  readonly onRevocation: (revocation: Revocation) => void;
}

export function openShardLine(using: {
  readonly shard: number;
  readonly url: string;
  readonly dial: Dial;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Logger;
  readonly desk: Pick<ConduitDesk, "bind">;
  readonly isServing: () => boolean;
  readonly listeners: ShardListeners;
}): ShardLine {
  const { clock, desk, listeners } = using;
  const shardId = String(using.shard);
  const log = using.log.child({ shard: shardId });
  const turning = makeTurningPoint(clock);
  let conduitId: string | undefined;
  let bound: string | undefined;
  let boundAt: Millis = 0;
  let isClosed = false;
  const timers = new Set<() => void>();
  const leaving = new Set<EventSubSession>();

  const later = (inMs: Millis, call: () => void) => {
    const cancel = clock.after(inMs, () => {
      timers.delete(cancel);
      call();
    });
    timers.add(cancel);
  };
  const openSession = (): EventSubSession => {
    const session = makeEventSubSession({
      ...using,
      log,
      isWanted: () => using.isServing() && !isClosed && !leaving.has(session),
      listeners: {
        onLive(id) {
          turning.changed();
          if (session === current) void bind(id);
        },
        onMoved(id, before) {
          if (session === current && id !== before) void bind(id);
        },
        onLost(end) {
          turning.changed();
          if (session !== current) return;
          bound = undefined;
          listeners.onLost(end);
        },
        onNotification: listeners.onNotification,
        onRevocation: listeners.onRevocation,
        onRest: () => listeners.onRest?.(),
      },
    });
    return session;
  };
  let current = openSession();

  /** Until it is bound, or another session has come, which is bound in its turn. */
  const bind = async (sessionId: string, tries = 1): Promise<void> => {
    const to = conduitId;
    const isMeant = () => !isClosed && conduitId === to && current.sessionId() === sessionId;
    if (to === undefined || !isMeant()) return;
    const got = await desk.bind(to, shardId, sessionId);
    if (!isMeant()) return;
    if (got.is === "done") return becomeBound(sessionId);
    if (got.is === "gone") return listeners.onGone(got.problem);
    log.warn({ ...got, tries }, "a connection could not be bound to its shard");
    later(restMs(BIND_AGAIN, tries, using.random()), () => void bind(sessionId, tries + 1));
  };
  const becomeBound = (sessionId: string) => {
    bound = sessionId;
    boundAt = clock.now();
    log.info({ session: sessionId }, "bound to its shard");
    listeners.onBound();
  };
  const bindAgain = () => {
    bound = undefined;
    const sessionId = current.sessionId();
    if (sessionId !== undefined) void bind(sessionId);
  };
  const leave = (session: EventSubSession) => {
    leaving.add(session);
    later(LINGER_MS, () => {
      leaving.delete(session);
      session.stop();
    });
  };

  return {
    serve(id) {
      const isAnother = conduitId !== id;
      conduitId = id;
      current.begin();
      if (isAnother) bindAgain();
    },
    boundAs: () => bound,
    compare(found, askedAs) {
      // One that was bound meanwhile is newer than this answer.
      if (bound !== askedAs || clock.now() - boundAt < LISTED_WITHIN_MS) return;
      if (found?.isEnabled && found.sessionId === bound) return;
      log.warn({ found, bound }, "the shard is not bound as we thought");
      bindAgain();
    },
    unbind() {
      conduitId = undefined;
      bound = undefined;
    },
    async renew() {
      const [old, to] = [current, conduitId];
      if (to === undefined || bound === undefined) return `shard ${shardId} has no connection to renew`;
      const next = openSession();
      const giveUp = (because: string) => {
        next.stop();
        // Twitch may have bound it nevertheless.
        if (!isClosed && current === old) bindAgain();
        return because;
      };
      next.begin();
      const isOpen = await turning.until(() => next.sessionId() !== undefined, OPENS_WITHIN_MS);
      const sessionId = next.sessionId();
      if (!isOpen || sessionId === undefined) return giveUp("the new connection was not welcomed in time");
      const got = await desk.bind(to, shardId, sessionId);
      if (got.is !== "done") return giveUp(`the new connection could not be bound: ${got.problem}`);
      if (isClosed || conduitId !== to || next.sessionId() !== sessionId)
        return giveUp("the new connection was lost again");
      current = next;
      becomeBound(sessionId);
      leave(old);
      return undefined;
    },
    close() {
      isClosed = true;
      bound = undefined;
      turning.end();
      for (const cancel of timers) cancel();
      for (const session of [current, ...leaving]) session.stop();
    },
    state: () => ({
      ...current.state(),
      slot: using.shard,
      isRetiring: false,
      isBound: bound !== undefined && bound === current.sessionId(),
    }),
  };
}
