/**
 * What the hub itself uses of the account's budgets. With the bot's token Twitch counts a subscription to a channel's
 * messages as a JOIN of the account; the probe's word is a message like any other. Both come out of the same windows
 * as those of the workers.
 */
import type { Clock, Millis } from "../../shared/clock.ts";
import type { Limit } from "./limits.ts";
import type { Grant, UseWindow } from "./use-window.ts";

export interface OwnUses {
  /** 0: there is room for one now. */
  waitMs(): Millis;
  /** It is on its way to Twitch; what is returned is called when Twitch has answered. */
  begin(): () => void;
}

/** So long Twitch may take to see it. */
const ANSWERED_WITHIN_MS: Millis = 10_000;
/** No channel's: whoever leaves takes none of these with them. */
const HUB = "hub";

export function makeOwnUses(using: {
  readonly limit: Limit;
  readonly window: UseWindow;
  /** In a place where the account is no more than a viewer. */
  readonly asViewer: boolean;
  /** Share of the limit that is left to others. */
  readonly leftFree: number;
  readonly nameGrant: () => string;
  /** Before it leaves, so that the hub after this one counts it, too. */
  readonly write: (grant: Grant) => void;
  readonly clock: Clock;
}): OwnUses {
  const { limit, window, asViewer, clock } = using;
  /** Twitch looks back from each use: while a viewer's may still come, the viewers' limit is everybody's. */
  const most = (now: Millis) => {
    const isViewers = asViewer || window.viewerUntil(now) !== undefined;
    return Math.floor((isViewers ? limit.asViewer : limit.any) * (1 - using.leftFree));
  };
  return {
    waitMs() {
      const now = clock.now();
      if (window.count(now) < most(now)) return 0;
      return Math.max(1, Math.ceil(window.fallsTo(most(now) - 1, now) - now));
    },
    begin() {
      const now = clock.now();
      const grant: Grant = {
        name: using.nameGrant(),
        channel: HUB,
        count: 1,
        until: now + ANSWERED_WITHIN_MS,
        asViewer,
      };
      using.write(grant);
      window.add(grant, now);
      return () => window.tell(grant, { usedAt: [clock.now()], left: 0 }, clock.now());
    },
  };
}
