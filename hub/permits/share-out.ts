/**
 * Hands out the away shares. Modes: `resting`, nobody is given one, and from all who are there theirs was taken;
 * `given`, every worker that comes gets its own. A change of the number of channels begins with a rest, so that no
 * share cut for few is held beside shares cut for many.
 */
import type { Clock, Millis } from "../../shared/clock.ts";
import type { AwayShares, PermitKind } from "../../shared/ipc/permit-words.ts";
import { NO_SHARES, SHARES_REST_MS, toAwayShares } from "./away-shares.ts";
import type { Limit } from "./limits.ts";

export interface ShareOut {
  came(channel: string): AwayShares;
  left(channel: string): void;
  among(channels: readonly string[]): void;
  stop(): void;
}

/** For those who are there, to hear that theirs is taken. */
const CHANGE_REST_MS: Millis = 2_000;
/** Somebody who holds an old share and stays away: silent links and hung processes are ended sooner. */
const FORGOTTEN_AFTER_MS: Millis = 60_000;

export function makeShareOut(using: {
  readonly limits: Readonly<Record<PermitKind, Limit>>;
  readonly clock: Clock;
  readonly channels: readonly string[];
  readonly tell: (channel: string, shares: AwayShares) => void;
}): ShareOut {
  const { limits, clock, tell } = using;
  let sharers = using.channels.toSorted();
  let mode: "resting" | "given" = "resting";
  const here = new Set<string>();
  /** Left with a share of the present cut, and when; and with one of an earlier cut. */
  let leftWithShare = new Map<string, Millis>();
  let leftWithOldShare = new Map<string, Millis>();

  const shareOf = (channel: string): AwayShares => {
    const index = sharers.indexOf(channel);
    return mode === "given" && index !== -1 ? toAwayShares(limits, index, sharers.length) : NO_SHARES;
  };
  const give = () => {
    const now = clock.now();
    for (const [channel, at] of leftWithOldShare)
      if (now - at >= FORGOTTEN_AFTER_MS) leftWithOldShare.delete(channel);
    if (leftWithOldShare.size > 0) {
      cancel = clock.after(CHANGE_REST_MS, give);
      return;
    }
    mode = "given";
    for (const channel of here) tell(channel, shareOf(channel));
  };
  let cancel = clock.after(SHARES_REST_MS, give);

  return {
    came(channel) {
      here.add(channel);
      leftWithShare.delete(channel);
      leftWithOldShare.delete(channel);
      return shareOf(channel);
    },
    left(channel) {
      here.delete(channel);
      // While shares are being taken: it may have left without hearing that.
      (mode === "given" ? leftWithShare : leftWithOldShare).set(channel, clock.now());
    },
    among(channels) {
      const sorted = channels.toSorted();
      if (sorted.join() === sharers.join()) return;
      sharers = sorted;
      leftWithOldShare = new Map([...leftWithOldShare, ...leftWithShare]);
      leftWithShare = new Map();
      // A hub that has just come goes on with its first, longer rest.
      if (mode === "resting") return;
      mode = "resting";
      for (const channel of here) tell(channel, NO_SHARES);
      cancel();
      cancel = clock.after(CHANGE_REST_MS, give);
    },
    stop: () => cancel(),
  };
}
