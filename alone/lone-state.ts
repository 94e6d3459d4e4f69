/** How a worker that runs alone is, put together for whoever asks. */
import type { Clock, Millis } from "../shared/clock.ts";
import type { Login } from "../shared/ids.ts";
import type { LoneEvents, LoneStatus } from "../shared/ipc/lone-control.ts";
import type { Counters } from "../shared/ipc/supervisor-child.ts";
import type { LifeNow } from "./terminal-life.ts";

const NOTHING_YET: Counters = {
  messagesSeen: 0,
  messagesAnswered: 0,
  messagesSent: 0,
  eventsSeen: 0,
  chatLink: "none",
  hubLink: "none",
};
const BEFORE_LIFE: LifeNow = { condition: { waits: [], troubles: [] }, counters: NOTHING_YET };

export function makeLoneState(using: {
  readonly channel: Login;
  readonly startedAt: Millis;
  /** It has a connection to EventSub. */
  readonly hears: boolean;
  readonly clock: Clock;
}): {
  opened(now: () => LifeNow): void;
  status(isReady: boolean, events: LoneEvents): LoneStatus;
} {
  let life = () => BEFORE_LIFE;
  return {
    opened(now) {
      life = now;
    },
    status(isReady, events) {
      const { condition, counters } = life();
      return {
        channel: using.channel,
        pid: process.pid,
        uptimeMs: using.clock.now() - using.startedAt,
        isReady,
        counters,
        ...(using.hears && { events }),
        waits: condition.waits.map(({ forMs: _forMs, ...wait }) => wait),
        troubles: [...condition.troubles],
      };
    },
  };
}
