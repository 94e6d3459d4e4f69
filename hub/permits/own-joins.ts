/**
 * The hub's own joins: with the bot's token Twitch counts a subscription to a channel's messages as a JOIN of the
 * account, from the same budget as those of the workers' connections.
 */
import type { Clock, Millis } from "../../shared/clock.ts";
import type { Limit } from "./limits.ts";
import type { Grant, UseWindow } from "./use-window.ts";

export interface OwnJoins {
  /** 0: there is room for one now. */
  waitMs(): Millis;
  /** It is on its way to Twitch; what is returned is called when Twitch has answered. */
  begin(): () => void;
}

/** So long Twitch may take to see it. */
const ANSWERED_WITHIN_MS: Millis = 10_000;
/** No channel's: whoever leaves takes none of these with them. */
const HUB = "hub";

export function makeOwnJoins(using: {
  readonly limit: Limit;
  readonly window: UseWindow;
  readonly nameGrant: () => string;
  /** Before it leaves, so that the hub after this one counts it, too. */
  readonly write: (grant: Grant) => void;
  readonly clock: Clock;
}): OwnJoins {
  const { limit, window, clock } = using;
  return {
    waitMs() {
      const now = clock.now();
      if (window.count(now) < limit.any) return 0;
      return Math.max(1, Math.ceil(window.fallsTo(limit.any - 1, now) - now));
    },
    begin() {
      const now = clock.now();
      const grant: Grant = {
        name: using.nameGrant(),
        channel: HUB,
        count: 1,
        until: now + ANSWERED_WITHIN_MS,
        asViewer: true,
      };
      using.write(grant);
      window.add(grant, now);
      return () => window.tell(grant, { usedAt: [clock.now()], left: 0 }, clock.now());
    },
  };
}
