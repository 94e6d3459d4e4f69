import type { ChannelId } from "../../shared/ids.ts";
import type { CanCarry } from "../../shared/twitch/can-carry.ts";
import { type Topic, topics } from "../../shared/twitch/topics.ts";
import type { CarrierFacts } from "../eventsub/transport.ts";
import { isAlive, mayCost, type Seen, type Totals, type Wanted, wantedKey } from "./subscription.ts";

export interface Refusal {
  readonly code: "needs-reauth" | "needs-grant" | "cost-exceeded" | "refused";
  readonly problem: string;
}

export interface BudgetFacts {
  readonly places: CarrierFacts;
  /** Undefined before Twitch was first asked. */
  readonly totals: Totals | undefined;
  /** What a topic that may cost something costs in this channel; undefined: not known yet. */
  readonly costIn: (channelId: ChannelId) => number | undefined;
  readonly canCarry: (want: Wanted) => CanCarry;
}

export interface Budget {
  /** In the order in which they matter. */
  readonly fits: readonly Wanted[];
  readonly refused: readonly (Refusal & { readonly want: Wanted })[];
}

/** When there is not room for everything: rather each channel's live announcement than all of a few channels. */
const MATTERS_MOST: readonly Topic[] = [
  "channel.chat.message",
  "stream.online",
  "stream.offline",
  "channel.update",
];
const ranks = new Map(
  [...new Set([...MATTERS_MOST, ...topics])].map((topic, rank) => [topic, rank] as const),
);

/**
 * Pure, before anything is asked of Twitch: what of all that is wanted can be had, and why the rest cannot. What is
 * there already stays; nothing is taken away for something that came later.
 */
export function planBudget(wanted: readonly Wanted[], seen: readonly Seen[], facts: BudgetFacts): Budget {
  const { places, totals } = facts;
  const isServed = (have: Seen) => {
    const carrier = places.nameOf(have.carrierId);
    return [...places.current, ...places.retiring].some(({ id }) => id === carrier);
  };
  const alive = seen.filter(isAlive);
  const have = new Set(alive.filter(isServed).map(wantedKey));
  const others = alive.filter((one) => !isServed(one) && !places.isOurs(one.carrierId));
  const { carriers, capacity, areShared } = places.limits;
  const taken = areShared ? new Set(others.map((one) => one.carrierId)).size : 0;
  let room = Math.max(0, carriers - taken) * capacity;
  let points = totals ? totals.maxTotalCost - costOfOthers(totals, alive, others) : Number.POSITIVE_INFINITY;

  const fits: Wanted[] = [];
  const refused: (Refusal & { want: Wanted })[] = [];
  for (const want of inOrder(wanted, have)) {
    const carried = facts.canCarry(want);
    const cost = mayCost(want.topic) ? (facts.costIn(want.channelId) ?? 0) : 0;
    if (carried.is === "no") refused.push({ want, code: carried.code, problem: carried.reason });
    else if (room <= 0) refused.push({ want, code: "cost-exceeded", problem: describeRoom(places) });
    else if (cost > points)
      refused.push({ want, code: "cost-exceeded", problem: describeCost(totals?.maxTotalCost ?? 0) });
    else {
      room -= 1;
      points -= cost;
      fits.push(want);
    }
  }
  return { fits, refused };
}

/** Also of types that we do not know: what is not ours is counted, never touched. */
function costOfOthers(totals: Totals, alive: readonly Seen[], others: readonly Seen[]): number {
  const known = new Set(others);
  const ours = alive.filter((one) => !known.has(one)).reduce((sum, one) => sum + one.cost, 0);
  return Math.max(0, totals.totalCost - ours);
}

function inOrder(wanted: readonly Wanted[], have: ReadonlySet<string>): readonly Wanted[] {
  const once = new Map(wanted.map((one) => [wantedKey(one), one]));
  const ranked = [...once].map(([key, one]) => ({
    one,
    rank: (ranks.get(one.topic) ?? 0) + (have.has(key) ? 0 : ranks.size),
  }));
  return ranked.sort((a, b) => a.rank - b.rank).map(({ one }) => one);
}

function describeRoom({ limits }: CarrierFacts): string {
  return limits.areShared
    ? `Twitch allows ${limits.capacity} subscriptions on each of ${limits.carriers} connections of an account and no more, with those of other installations; a conduit (twitch.client_secret) takes far more`
    : `the conduit holds ${limits.capacity} subscriptions and no more`;
}

function describeCost(most: number): string {
  return `it costs a point, and all ${most} that Twitch gives are spent: it is free as soon as the broadcaster has authorised this application`;
}
