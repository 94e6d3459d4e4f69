/**
 * Answers leave in the order their signals came. Each admitted signal draws a turn and waits, before it delivers,
 * until all earlier ones have delivered or ended. A slow one is overtaken: after its patience is over nobody waits
 * for it any more.
 */
import type { Clock, Millis } from "../../shared/clock.ts";

export interface Turn {
  /** Resolves when it is this one's turn. */
  comes(): Promise<void>;
  /** Those behind need not wait for this one any longer. May be called more than once. */
  pass(): void;
}

/** How long one slow answer may hold up the others. */
export const TURN_PATIENCE_MS: Millis = 2_000;

export function makeTurns(clock: Clock): { take(): Turn } {
  let allBefore: Promise<void> = Promise.resolve();
  return {
    take() {
      const before = allBefore;
      let pass = () => {};
      const passed = new Promise<void>((resolve) => {
        const cancel = clock.after(TURN_PATIENCE_MS, resolve);
        pass = () => {
          cancel();
          resolve();
        };
      });
      // One that ends early must not let those behind it overtake those before it.
      allBefore = before.then(() => passed);
      return { comes: () => before, pass: () => pass() };
    },
  };
}
