/** When a command may be used again, by a user and by anybody. Taking and checking are one step, so two at once can't both get in. */
import type { Clock, Millis } from "../../shared/clock.ts";

export interface Cooldowns {
  take(use: CommandUse): { readonly is: "taken"; refund(): void } | { readonly is: "cooling-down" };
}

export interface CommandUse {
  readonly word: string;
  readonly userId: string;
  readonly cooldownMs: { readonly perUser: Millis; readonly perChannel: Millis };
}

/** Past this many remembered uses the ones that are over are swept out. */
const SWEEP_ABOVE = 1_000;

export function makeCooldowns(clock: Clock): Cooldowns {
  const freeAt = new Map<string, Millis>();
  const isFree = (key: string, now: Millis) => (freeAt.get(key) ?? Number.NEGATIVE_INFINITY) <= now;
  const sweep = (now: Millis) => {
    for (const [key, at] of freeAt) if (at <= now) freeAt.delete(key);
  };
  return {
    take({ word, userId, cooldownMs }) {
      const now = clock.now();
      const rests = [
        { key: word, ms: cooldownMs.perChannel },
        { key: `${word} ${userId}`, ms: cooldownMs.perUser },
      ].filter(({ ms }) => ms > 0);
      if (!rests.every(({ key }) => isFree(key, now))) return { is: "cooling-down" };
      if (freeAt.size > SWEEP_ABOVE) sweep(now);
      for (const { key, ms } of rests) freeAt.set(key, now + ms);
      return {
        is: "taken",
        refund() {
          // Only what this use set: after it was over, somebody else may have taken it.
          for (const { key, ms } of rests) if (freeAt.get(key) === now + ms) freeAt.delete(key);
        },
      };
    },
  };
}
