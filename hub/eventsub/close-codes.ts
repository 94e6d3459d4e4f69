/**
 * What the end of an EventSub connection means and what follows from it, one row per close code.
 * Source: dev.twitch.tv, Handling WebSocket Events, close message; RFC 6455 for those below 4000.
 */
import type { Backoff } from "../../shared/backoff.ts";

export interface ClosePolicy {
  readonly means: string;
  /**
   * Every dial rests before it, and longer each time: `soon` when a new connection is all it takes, `rested` when
   * the other side needs a pause, `late` when a new connection would end like this one, `when-wanted` when nobody
   * needs one before somebody wants an event.
   */
  readonly dial: "soon" | "rested" | "late" | "when-wanted";
  /** At whose door it is laid: `house` is this machine and its configuration, `bug` this program. */
  readonly whose: "twitch" | "network" | "house" | "bug";
  /** What the operator should know. */
  readonly operator: string;
}

export const RESTS: Readonly<Record<ClosePolicy["dial"], Backoff>> = {
  soon: { first: 200, longest: 60_000, jitter: 0.5 },
  rested: { first: 500, longest: 60_000, jitter: 0.5 },
  late: { first: 30_000, longest: 600_000, jitter: 0.5 },
  "when-wanted": { first: 500, longest: 60_000, jitter: 0.5 },
};

/** A dial that never became a connection: ours, no code of the WebSocket's. */
export const NEVER_OPENED = 0;
export const CUT = 1006;
export const FRAME_TOO_LARGE = 1009;

const NOTHING_TO_DO = "nothing to do: the connection is opened anew";
const policies: ReadonlyMap<number, ClosePolicy> = new Map([
  [
    NEVER_OPENED,
    {
      means: "the connection could not be opened",
      dial: "rested",
      whose: "network",
      operator: "nothing to do if this passes; otherwise look at the network and at twitch.urls.eventsub",
    },
  ],
  [
    1000,
    {
      means: "closed in good order",
      dial: "rested",
      whose: "twitch",
      operator: NOTHING_TO_DO,
    },
  ],
  [
    1001,
    {
      means: "the server goes away",
      dial: "rested",
      whose: "twitch",
      operator: NOTHING_TO_DO,
    },
  ],
  [
    CUT,
    {
      means: "cut without a close",
      dial: "soon",
      whose: "network",
      operator: NOTHING_TO_DO,
    },
  ],
  [
    FRAME_TOO_LARGE,
    {
      means: "a frame was larger than any of Twitch's",
      dial: "rested",
      whose: "twitch",
      operator:
        "nothing to do if it happens once; otherwise something between here and Twitch damages frames",
    },
  ],
  [
    4000,
    {
      means: "Twitch had an internal error",
      dial: "rested",
      whose: "twitch",
      operator: NOTHING_TO_DO,
    },
  ],
  [
    4001,
    {
      means: "Twitch says that we sent something, which a client must not",
      // A new connection of the same program would do the same.
      dial: "late",
      whose: "bug",
      operator: "this is a bug of KissBot: please report it with logs/hub.log",
    },
  ],
  [
    4002,
    {
      means: "we did not answer Twitch's ping in time",
      dial: "soon",
      whose: "house",
      operator:
        "the hub, or the whole machine, stood still for seconds: look at its load and at logs/system.log",
    },
  ],
  [
    4003,
    {
      means: "nothing was subscribed to within the time Twitch gives",
      dial: "when-wanted",
      whose: "house",
      operator: "Helix was away or refused every subscription: hub_ctl status says which and why",
    },
  ],
  [
    4004,
    {
      means: "we did not come to the address of a session_reconnect in time",
      dial: "soon",
      whose: "network",
      operator: "events may have been missed for a moment; the subscriptions are made anew",
    },
  ],
  [
    4005,
    {
      means: "Twitch's side of the network timed out",
      dial: "soon",
      whose: "network",
      operator: NOTHING_TO_DO,
    },
  ],
  [
    4006,
    {
      means: "Twitch's side of the network failed",
      dial: "soon",
      whose: "network",
      operator: NOTHING_TO_DO,
    },
  ],
  [
    4007,
    {
      means: "the address of a session_reconnect was no longer good",
      // The base address, never that one again.
      dial: "soon",
      whose: "network",
      operator: "events may have been missed for a moment; the subscriptions are made anew",
    },
  ],
]);

/** Pure. A code nobody has told us of is treated like Twitch's own trouble. */
export function closePolicyOf(code: number): ClosePolicy {
  return (
    policies.get(code) ?? {
      means: "closed for a reason that Twitch has not documented",
      dial: "rested",
      whose: "twitch",
      operator: "nothing to do if this passes; otherwise look for a newer KissBot",
    }
  );
}

/** How a connection ended. `policy` is missing when we hung up ourselves. */
export interface SessionEnd {
  readonly because: string;
  readonly code?: number;
  readonly policy?: ClosePolicy;
}

/** Pure. `problem`: the network's own words, or none. */
export function toSessionEnd(code: number, problem: string): SessionEnd {
  const policy = closePolicyOf(code);
  const words = problem === "" ? policy.means : `${policy.means}: ${problem}`;
  return { because: `${words} (${code})`, code, policy };
}
