/**
 * What Twitch said no to, so that it is not asked the same again and again, and what is doubtful: one refusal may
 * come of a moment (a dead session that still counts), several in a row are meant.
 */
import type { Clock, Millis } from "../../shared/clock.ts";
import type { ChannelId } from "../../shared/ids.ts";
import type { Refusal } from "./budget.ts";
import { type Totals, type Wanted, wantedKey } from "./subscription.ts";

export interface RefusalBook {
  /** Asked again after a while, should somebody have mended it meanwhile. */
  refuse(want: Wanted, refusal: Refusal): void;
  /** True when it has become a refusal. */
  doubt(want: Wanted, refusal: Refusal): boolean;
  trust(want: Wanted): void;
  isRefused(want: Wanted): boolean;
  refusals(): ReadonlyMap<string, Refusal>;
  /** Why it is not there yet, in words. */
  doubts(): ReadonlyMap<string, string>;
  /** Somebody says that things have changed: everything may be asked again, or everything of one channel. */
  forget(channelId?: ChannelId): void;
  /** What Twitch counts now: with fewer than before, what was refused for room may find some. */
  noteTotals(totals: Totals): void;
}

/** Some minutes, with the rests between the passes. */
const DOUBTS_MAX = 6;
const REFUSED_FOR_MS: Millis = 10 * 60_000;

interface Refused extends Refusal {
  readonly channelId: ChannelId;
  readonly until: Millis;
}

export function makeRefusalBook(clock: Clock): RefusalBook {
  const refused = new Map<string, Refused>();
  const doubted = new Map<
    string,
    { readonly channelId: ChannelId; readonly times: number; readonly problem: string }
  >();
  let totals: Totals | undefined;

  const forgetOld = () => {
    for (const [key, one] of refused) if (one.until <= clock.now()) refused.delete(key);
  };
  const refuse = (want: Wanted, { code, problem }: Refusal) => {
    doubted.delete(wantedKey(want));
    refused.set(wantedKey(want), {
      code,
      problem,
      channelId: want.channelId,
      until: clock.now() + REFUSED_FOR_MS,
    });
  };
  return {
    refuse,
    doubt(want, refusal) {
      const times = (doubted.get(wantedKey(want))?.times ?? 0) + 1;
      doubted.set(wantedKey(want), { channelId: want.channelId, times, problem: refusal.problem });
      if (times < DOUBTS_MAX) return false;
      refuse(want, refusal);
      return true;
    },
    trust: (want) => void doubted.delete(wantedKey(want)),
    isRefused: (want) => (refused.get(wantedKey(want))?.until ?? 0) > clock.now(),
    refusals() {
      forgetOld();
      return refused;
    },
    doubts: () => new Map([...doubted].map(([key, { problem }]) => [key, problem])),
    forget(channelId) {
      for (const book of [refused, doubted])
        for (const [key, one] of book)
          if (channelId === undefined || one.channelId === channelId) book.delete(key);
    },
    noteTotals(now) {
      const hasRoom = totals !== undefined && (now.total < totals.total || now.totalCost < totals.totalCost);
      totals = now;
      if (!hasRoom) return;
      for (const [key, one] of refused) if (one.code === "cost-exceeded") refused.delete(key);
    },
  };
}
