/**
 * Connections that a session was moved away from, until all that Twitch sent on them has arrived: the welcome on the
 * new connection may overtake it. We say goodbye and Twitch answers, last of all. What the new connection brings
 * meanwhile is held back, so that events keep their order.
 */
import type { Clock, Millis } from "../../shared/clock.ts";
import type { EventSubSocket } from "./socket.ts";

export interface LeftConnections {
  leave(socket: EventSubSocket): void;
  has(socket: EventSubSocket): boolean;
  /** True when it was one of these. */
  ended(socket: EventSubSocket): boolean;
  /** Now, or when nothing older can come any more; what is given first goes first. */
  inTurn(deliver: () => void): void;
  /** Nothing of them is waited for any more; what was held back is delivered now. */
  stop(): void;
}

/** A goodbye is answered within a moment; a line that is dead never answers. */
const ANSWERED_WITHIN_MS: Millis = 2_000;
/**
 * The end of that time. A process that was kept from running finds its timers and what Twitch said meanwhile due at
 * once, and timers go first: between this one and the last, what has arrived is read.
 */
export const LAST_LOOK_MS: Millis = 50;

export function makeLeftConnections(clock: Clock): LeftConnections {
  const left = new Map<EventSubSocket, () => void>();
  const held: (() => void)[] = [];

  const end = (socket: EventSubSocket): boolean => {
    const cancel = left.get(socket);
    if (!cancel) return false;
    cancel();
    left.delete(socket);
    socket.discard();
    if (left.size === 0) for (const deliver of held.splice(0)) deliver();
    return true;
  };
  return {
    leave(socket) {
      let cancel = clock.after(ANSWERED_WITHIN_MS - LAST_LOOK_MS, () => {
        cancel = clock.after(LAST_LOOK_MS, () => end(socket));
      });
      left.set(socket, () => cancel());
      socket.sayGoodbye();
    },
    has: (socket) => left.has(socket),
    ended: end,
    inTurn(deliver) {
      if (left.size === 0) deliver();
      else held.push(deliver);
    },
    stop() {
      for (const socket of [...left.keys()]) end(socket);
    },
  };
}
