/** What a subscription costs in each channel, learnt from Twitch's own rows: nothing where the broadcaster has authorised us. */
import type { Clock, Millis } from "../../shared/clock.ts";
import type { ChannelId } from "../../shared/ids.ts";
import { mayCost, type Seen, type Wanted } from "./subscription.ts";

export interface CostBook {
  costIn(channelId: ChannelId): number | undefined;
  /** Twitch's whole list. What it no longer lists is believed for a while. */
  learnList(seen: readonly Seen[]): void;
  learnRow(seen: Seen): void;
  /** Twitch refused it for its cost, so it has one. */
  learnRefused(want: Wanted): void;
}

/** Afterwards the broadcaster may have authorised us, and it is tried. */
const ASSUMED_FOR_MS: Millis = 10 * 60_000;

export function makeCostBook(clock: Clock): CostBook {
  let listed = new Map<ChannelId, number>();
  /** Channels that are believed to cost a point, and until when. */
  const assumed = new Map<ChannelId, Millis>();
  const assume = (channelId: ChannelId) => assumed.set(channelId, clock.now() + ASSUMED_FOR_MS);
  return {
    costIn(channelId) {
      const known = listed.get(channelId);
      if (known !== undefined) return known;
      return (assumed.get(channelId) ?? 0) > clock.now() ? 1 : undefined;
    },
    learnList(seen) {
      const before = listed;
      listed = new Map(seen.filter((one) => mayCost(one.topic)).map((one) => [one.channelId, one.cost]));
      for (const [channelId, cost] of before) if (cost > 0 && !listed.has(channelId)) assume(channelId);
      for (const channelId of listed.keys()) assumed.delete(channelId);
    },
    learnRow(seen) {
      if (!mayCost(seen.topic)) return;
      listed.set(seen.channelId, seen.cost);
      assumed.delete(seen.channelId);
    },
    learnRefused(want) {
      listed.delete(want.channelId);
      assume(want.channelId);
    },
  };
}
