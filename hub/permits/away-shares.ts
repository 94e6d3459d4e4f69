/**
 * What each worker may do while no hub counts, as long as it is sure of that (worker/permits/hub-absence.ts). The
 * shares of all together stay within the smallest limit in every window. A share is taken from everybody before it
 * is given anew: nobody may hold one that was cut for fewer sharers.
 */
import type { Millis } from "../../shared/clock.ts";
import {
  type AwayShare,
  type AwayShares,
  PERMIT_KINDS,
  type PermitKind,
} from "../../shared/ipc/permit-words.ts";
import { forgottenAfterMs, type Limit } from "./limits.ts";

/**
 * A hub that has just come grants nobody a share for this long. By then every worker that lives has dialled again
 * (its rests are shorter), and none believes any more that there is no hub.
 */
export const SHARES_REST_MS: Millis = 10_000;

type Limits = Readonly<Record<PermitKind, Limit>>;

/** Pure. `index` of `sharers`, from 0. */
export function toAwayShares(limits: Limits, index: number, sharers: number): AwayShares {
  const share = (kind: PermitKind) =>
    toShare(limits[kind], forgottenAfterMs(kind, limits[kind]), index, sharers);
  return { auth: share("auth"), join: share("join"), send: share("send") };
}

function toShare(limit: Limit, afterMs: Millis, index: number, sharers: number): AwayShare {
  const { windowMs } = limit;
  const smallest = Math.min(limit.asViewer, limit.any);
  if (sharers <= smallest) return { count: Math.floor(smallest / sharers), windowMs, afterMs };
  // A window touches two turns at most: half of the limit may have the same one.
  const inOneTurn = Math.floor(smallest / 2);
  const of = Math.ceil(sharers / inOneTurn);
  return { count: 1, windowMs, afterMs, turn: { index: index % of, of } };
}

export const NO_SHARES: AwayShares = toNothing();
function toNothing(): AwayShares {
  const none: AwayShare = { count: 0, windowMs: 0, afterMs: 0 };
  return { auth: none, join: none, send: none };
}

/** Counted by a hub that finds it may have been away for longer than the shares rest: all of them, used at any time. */
export const allSharesOf = (limits: Limits): Readonly<Record<PermitKind, number>> => ({
  auth: limits.auth.asViewer,
  join: limits.join.asViewer,
  send: Math.min(limits.send.asViewer, limits.send.any),
});

/** Pure: from when a worker may use its share at the earliest, whatever the kind. */
export const sharesBeginAfterMs = (limits: Limits): Millis =>
  Math.min(...PERMIT_KINDS.map((kind) => forgottenAfterMs(kind, limits[kind])));
