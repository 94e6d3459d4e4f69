/** Waiting that ends when its owner stops: a rest, or a rest that something may cut short. */
import type { Clock, Millis } from "../../../shared/clock.ts";

export interface Pauses {
  pause(forMs: Millis): Promise<void>;
  /** The first of them to settle, or "late" after `withinMs` and on stopping. */
  within<P extends readonly Promise<unknown>[]>(
    withinMs: Millis,
    oneOf: P,
  ): Promise<{ readonly is: "settled"; readonly value: Awaited<P[number]> } | { readonly is: "late" }>;
  /** Ends every wait, and every later one at once. */
  stop(): void;
  isStopped(): boolean;
}

export function makePauses(clock: Clock): Pauses {
  const waiting = new Set<() => void>();
  let isStopped = false;
  const within: Pauses["within"] = (withinMs, oneOf) =>
    new Promise((resolve, reject) => {
      const late = () => {
        finish();
        resolve({ is: "late" });
      };
      const isOver = isStopped || withinMs <= 0;
      const cancel = isOver ? () => {} : clock.after(withinMs, late);
      const finish = () => {
        cancel();
        waiting.delete(late);
      };
      if (isOver) return late();
      waiting.add(late);
      Promise.race(oneOf)
        .finally(finish)
        .then((value) => resolve({ is: "settled", value: value as never }), reject);
    });
  return {
    within,
    async pause(forMs) {
      if (forMs > 0) await within(forMs, []);
    },
    stop() {
      isStopped = true;
      for (const end of [...waiting]) end();
    },
    isStopped: () => isStopped,
  };
}
