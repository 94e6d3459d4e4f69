/** How fast one account logged in and joined, as Twitch counts it: from the simulator's own record, back from each. */
import type { FeedLine } from "../cli/trial/sim-feed.ts";
import type { Millis } from "../shared/clock.ts";

export interface LoginPace {
  /** The most in any window. */
  readonly auths: number;
  readonly joins: number;
  /** Connections that Twitch ended because it was too much: a login or a join beyond its limit. */
  readonly refused: number;
}

/** Source: dev.twitch.tv/docs/chat, rate limits; each in ten seconds. */
export const PACE_LIMITS = {
  ordinary: { auths: 20, joins: 20 },
  verified: { auths: 200, joins: 2_000 },
} as const;
const WINDOW_MS: Millis = 10_000;
/** In the words of Twitch, and of the simulator. */
const REFUSALS: readonly unknown[] = ["Login unsuccessful", "too many joins"];

export function makePaceWatch(botLogin: string): { hear(line: FeedLine): void; pace(): LoginPace } {
  const auths: Millis[] = [];
  const joins: Millis[] = [];
  let refused = 0;
  return {
    hear({ kind, user, because, atMs }) {
      if (kind === "irc-logged-in" && user === botLogin) auths.push(atMs);
      if (kind === "irc-joined" && user === botLogin) joins.push(atMs);
      if (kind === "irc-closed" && REFUSALS.includes(because)) refused += 1;
    },
    pace: () => ({ auths: mostInWindow(auths), joins: mostInWindow(joins), refused }),
  };
}

/** Pure. */
export const mostInWindow = (at: readonly Millis[]): number =>
  Math.max(0, ...at.map((to) => at.filter((from) => from > to - WINDOW_MS && from <= to).length));
