/**
 * Those who want one kind of permit, and what they are given. A wish is granted at once, or waits in line until it
 * is due, has been withdrawn, or is too late; one that can't be met in time is told so. While nobody waits a worker
 * gets more than it asked for (a lease); when somebody waits, leases are called back.
 */
import type { Clock, Millis } from "../../shared/clock.ts";
import type { GrantUse, PermitKind, PermitWish } from "../../shared/ipc/permit-words.ts";
import { CHANNEL_PACE_MS, GOOD_FOR_MS, LAST_WORDS_MS, LEASE_MS, type Limit } from "./limits.ts";
import { type Asker, estimateTurn, fits, planGrant, planLease, roomAt, type Scene } from "./plan-grant.ts";
import type { Grant, UseWindow } from "./use-window.ts";

export interface Wish extends Asker {
  readonly number: number;
}

/** What the line tells its house. `granted` is written down before anybody hears of it. */
export interface LineTeller {
  granted(wish: Wish, grant: Grant, waitedMs: Millis, goodForMs: Millis): "sent" | "closed";
  queued(wish: Wish, expectedMs: Millis): void;
  refused(wish: Wish, expectedMs: Millis): void;
  recall(channel: string): void;
}

export interface PermitLine {
  wish(channel: string, wish: PermitWish): void;
  unwish(channel: string): void;
  tell(channel: string, use: GrantUse): void;
  /** Its worker has gone: it asks for nothing more, and what it holds counts as used. */
  left(channel: string): void;
  /** Another process has taken its worker's place: the one before it is no more. */
  replaced(channel: string): void;
  /** Look again: something but time has changed. */
  look(): void;
  state(): LineState;
  stop(): void;
}
export interface LineState {
  readonly counted: number;
  readonly waiting: readonly Pick<Wish, "channel" | "lane" | "askedAt">[];
  /** Granted and not used up. */
  readonly open: number;
  /** Since the start: questions that were asked, grants that were given, uses in them. */
  readonly asked: number;
  readonly grants: number;
  readonly permits: number;
}

export function makePermitLine(using: {
  readonly kind: PermitKind;
  readonly limit: Limit;
  readonly window: UseWindow;
  readonly nameGrant: () => string;
  readonly clock: Clock;
  /** Channels that have a worker now, with their weights. */
  readonly weights: ReadonlyMap<string, number>;
  readonly tell: LineTeller;
}): PermitLine {
  const { kind, limit, window, clock, weights, tell } = using;
  const isSend = kind === "send";
  const waiting = new Map<string, Wish>();
  /** Of channels where the bot is a viewer. */
  const spokeAt = new Map<string, Millis>();
  const recalled = new Set<string>();
  let counts = { asked: 0, grants: 0, permits: 0 };
  let cancelWake = () => {};

  const scene = (now: Millis, settled?: "settled"): Scene => ({
    now,
    limit,
    count: window.count(now),
    countOf: (channel) => window.countOf(channel, now),
    isViewerOpen: isSend && window.viewerUntil(now) !== undefined,
    weightOf: (channel) => weights.get(channel) ?? 1,
    weights: sum(weights.values()),
    channels: weights.size,
    lacking: remember((of) => lackingOf(of, now)),
    fallsTo: remember((most) => window.fallsTo(most, now, settled)),
    isReserving: isSend,
  });
  const lackingOf = (of: number, now: Millis) => {
    const all = sum(weights.values());
    let lacking = 0;
    for (const [channel, weight] of weights)
      lacking += Math.max(0, Math.floor((of * weight) / all) - window.countOf(channel, now));
    return lacking;
  };
  const toWish = (channel: string, { lane, asViewer, withinMs, number }: PermitWish, now: Millis): Wish => {
    const pacedAt = (spokeAt.get(channel) ?? Number.NEGATIVE_INFINITY) + CHANNEL_PACE_MS;
    const notBefore = isSend && asViewer ? Math.max(now, pacedAt) : now;
    return { channel, lane, asViewer, number, askedAt: now, deadlineAt: now + withinMs, notBefore };
  };
  const grant = (wish: Wish, count: number, now: Millis) => {
    const goodForMs = count > 1 ? LEASE_MS : GOOD_FOR_MS[kind];
    const { channel, asViewer } = wish;
    const given: Grant = { name: using.nameGrant(), channel, count, until: now + goodForMs, asViewer };
    window.add(given, now);
    counts = { ...counts, grants: counts.grants + 1, permits: counts.permits + count };
    if (tell.granted(wish, given, now - wish.askedAt, goodForMs) === "closed")
      window.tell(given, { usedAt: [], left: 0 }, now);
  };
  /** Grants what is due. */
  const serve = () => {
    cancelWake();
    const now = clock.now();
    for (;;) {
      const planned = planGrant(waiting.values(), scene(now));
      if (planned.is === "grant") {
        waiting.delete(planned.asker.channel);
        grant(planned.asker, 1, now);
        continue;
      }
      if (planned.blocked) recallLeases(now);
      break;
    }
    // One whose time is over knows that itself.
    for (const [channel, { deadlineAt }] of waiting) if (deadlineAt <= now) waiting.delete(channel);
    wakeAtNext(now);
  };
  /** Not even if all that is left of grants came back. */
  const refuseHopeless = (wish: Wish, now: Millis) => {
    const soonest = roomAt(wish, scene(now, "settled"));
    if (soonest < wish.deadlineAt) return;
    waiting.delete(wish.channel);
    tell.refused(wish, soonest - now);
  };
  const wakeAtNext = (now: Millis) => {
    if (waiting.size === 0) return;
    const times = [...waiting.values()].flatMap(({ deadlineAt, notBefore }) => [deadlineAt, notBefore]);
    times.push(window.nextLeavesAt(now) ?? now, window.viewerUntil(now) ?? now);
    const next = Math.min(...times.filter((at) => at > now));
    // A timer may come a little early.
    cancelWake = clock.after(Math.ceil(next - now), serve);
  };
  const recallLeases = (now: Millis) => {
    if (!isSend) return;
    const leases = window.open(now).filter(({ name, count }) => count > 1 && !recalled.has(name));
    const names = new Set(window.open(now).map(({ name }) => name));
    for (const name of recalled) if (!names.has(name)) recalled.delete(name);
    for (const { name } of leases) recalled.add(name);
    for (const channel of new Set(leases.map((lease) => lease.channel))) tell.recall(channel);
  };
  const aheadOf = (wish: Wish) => [...waiting.values()].filter((one) => one.askedAt < wish.askedAt).length;

  return {
    wish(channel, asked) {
      const now = clock.now();
      const wish = toWish(channel, asked, now);
      counts = { ...counts, asked: counts.asked + 1 };
      const isFree = waiting.size === 0 && wish.notBefore <= now && fits(wish, 1, scene(now));
      if (isFree && isSend) {
        const count = planLease(wish, scene(now));
        if (!asked.isAhead || count > 1) grant(wish, count, now);
        return;
      }
      if (asked.isAhead) return;
      waiting.delete(channel);
      waiting.set(channel, wish);
      serve();
      if (waiting.has(channel)) refuseHopeless(wish, now);
      if (isSend || !waiting.has(channel)) return;
      tell.queued(wish, Math.max(0, estimateTurn(wish, aheadOf(wish), scene(now)) - now));
    },
    unwish(channel) {
      waiting.delete(channel);
    },
    tell(channel, { grant, usedAgoMs, left }) {
      const now = clock.now();
      const usedAt = usedAgoMs.map((ago) => now - ago).toSorted((a, b) => a - b);
      const until = now + (left === 0 ? 0 : Math.max(GOOD_FOR_MS[kind], LEASE_MS));
      window.tell({ name: grant, channel, until, asViewer: true }, { usedAt, left }, now);
      const last = usedAt.at(-1);
      if (last !== undefined) spokeAt.set(channel, Math.max(last, spokeAt.get(channel) ?? last));
    },
    left(channel) {
      const now = clock.now();
      waiting.delete(channel);
      const holds = window.open(now).some((one) => one.channel === channel);
      if (holds) spokeAt.set(channel, now);
    },
    replaced(channel) {
      const now = clock.now();
      window.endOpen(channel, now + LAST_WORDS_MS, now);
    },
    look() {
      if (waiting.size > 0) serve();
    },
    state() {
      const now = clock.now();
      return {
        ...counts,
        counted: window.count(now),
        waiting: [...waiting.values()],
        open: sum(window.open(now).map(({ left }) => left)),
      };
    },
    stop: () => cancelWake(),
  };
}

/** Many ask the same few. */
function remember(find: (of: number) => number): (of: number) => number {
  const found = new Map<number, number>();
  return (of) => {
    const answer = found.get(of) ?? find(of);
    found.set(of, answer);
    return answer;
  };
}

function sum(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
