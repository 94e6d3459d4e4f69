/**
 * What Twitch counts per account, counted in one place whatever the number of workers. A permit is a reserved
 * instant: the asker waits until then and acts, and nobody else is given that slot.
 */
import type { Clock, Millis } from "../shared/clock.ts";

export type PermitKind = "auth" | "join" | "send" | "send-as-moderator";

export interface Limit {
  readonly count: number;
  readonly windowMs: Millis;
}

/** One message that was or will be sent. Plain: not as moderator, VIP or broadcaster of its channel. */
export interface SendSlot {
  readonly at: Millis;
  readonly isPlain: boolean;
}

/** Twitch's clock and ours meet only through the network: our windows are a little longer. */
const SLACK_MS: Millis = 500;
const LOGIN_WINDOW_MS: Millis = 10_000 + SLACK_MS;
const SEND_WINDOW_MS: Millis = 30_000 + SLACK_MS;

/** Source: dev.twitch.tv, chat rate limits. */
export const LIMITS = {
  ordinary: { auth: 20, join: 20, plainSend: 20, anySend: 100 },
  verified: { auth: 200, join: 2_000, plainSend: 7_500, anySend: 7_500 },
} as const;

export interface Permits {
  /** How long the asker must wait before it acts; the slot is taken. */
  reserve(kind: PermitKind): Millis;
  /** Messages that were sent before this hub came: whoever sent them tells how long ago. */
  noteSent(agoMs: readonly Millis[]): void;
  /**
   * A worker's share while it can't ask. All shares together stay within the smallest limit: a plain message counts
   * what moderators sent, too.
   */
  awayBudget(workers: number): { readonly count: number; readonly windowMs: Millis };
}

export function makePermits(using: { readonly isVerified: boolean; readonly clock: Clock }): Permits {
  const { clock } = using;
  const limits = using.isVerified ? LIMITS.verified : LIMITS.ordinary;
  const logins: Record<"auth" | "join", Millis[]> = { auth: [], join: [] };
  let sends: SendSlot[] = [];

  const reserveLogin = (kind: "auth" | "join", now: Millis) => {
    const at = nextInRow(logins[kind], { count: limits[kind], windowMs: LOGIN_WINDOW_MS }, now);
    logins[kind] = [...logins[kind].filter((slot) => slot > now - LOGIN_WINDOW_MS), at];
    return at;
  };
  const reserveSend = (isPlain: boolean, now: Millis) => {
    const windows = { windowMs: SEND_WINDOW_MS, plain: limits.plainSend, any: limits.anySend };
    sends = sends.filter((slot) => slot.at > now - SEND_WINDOW_MS);
    const at = using.isVerified
      ? nextInRow(
          sends.map((slot) => slot.at),
          { count: windows.any, windowMs: windows.windowMs },
          now,
        )
      : nextSend(sends, isPlain, windows, now);
    sends.push({ at, isPlain });
    if ((sends.at(-2)?.at ?? at) > at) sends.sort((a, b) => a.at - b.at);
    return at;
  };

  return {
    reserve(kind) {
      const now = clock.now();
      const at =
        kind === "auth" || kind === "join" ? reserveLogin(kind, now) : reserveSend(kind === "send", now);
      return at - now;
    },
    noteSent(agoMs) {
      const now = clock.now();
      for (const ago of agoMs) if (ago < SEND_WINDOW_MS) sends.push({ at: now - ago, isPlain: false });
      sends.sort((a, b) => a.at - b.at);
    },
    awayBudget(workers) {
      const sharers = Math.max(1, workers);
      // More workers than messages: each gets one, in a window so much longer.
      const windows = Math.ceil(sharers / limits.plainSend);
      return {
        count: Math.max(1, Math.floor(limits.plainSend / sharers)),
        windowMs: windows * SEND_WINDOW_MS,
      };
    },
  };
}

/** Pure: the first instant, not before the ones already taken (ascending), that keeps every window within the count. */
export function nextInRow(taken: readonly Millis[], limit: Limit, now: Millis): Millis {
  const inOrder = Math.max(now, taken.at(-1) ?? now);
  const rival = taken.length < limit.count ? undefined : taken[taken.length - limit.count];
  return rival === undefined ? inOrder : Math.max(inOrder, rival + limit.windowMs);
}

/**
 * Pure: the first instant for one more message. Twitch looks back from each message: a plain one needs fewer than
 * `plain` messages of any kind in its window, every one fewer than `any`. A moderator's message may be put before
 * a reserved plain one only where that one still fits afterwards.
 */
export function nextSend(
  taken: readonly SendSlot[],
  isPlain: boolean,
  limits: { readonly windowMs: Millis; readonly plain: number; readonly any: number },
  now: Millis,
): Millis {
  const fits = (at: Millis) => {
    const all = [...taken, { at, isPlain }];
    return all.every((slot) => {
      if (slot.at < at) return true;
      const inWindow = all.filter(
        (other) => other.at > slot.at - limits.windowMs && other.at <= slot.at,
      ).length;
      return inWindow <= (slot.isPlain ? limits.plain : limits.any);
    });
  };
  // Room comes only where a slot leaves the window.
  const candidates = [now, ...taken.map((slot) => slot.at + limits.windowMs).filter((at) => at > now)];
  candidates.sort((a, b) => a - b);
  const found = candidates.find(fits);
  if (found === undefined) throw new Error("after the last slot has left the window there is always room");
  return found;
}
