/** Waits for something to become true that others change, and never for ever. */
import type { Clock, Millis } from "../../shared/clock.ts";

export interface TurningPoint {
  /** Something changed: everybody who waits looks again. */
  changed(): void;
  /** True as soon as it holds; false when the time is over, or all is. */
  until(holds: () => boolean, withinMs: Millis): Promise<boolean>;
  /** Nobody waits any longer. */
  end(): void;
}

export function makeTurningPoint(clock: Clock): TurningPoint {
  const waiting = new Set<() => void>();
  let isOver = false;
  return {
    changed() {
      for (const look of [...waiting]) look();
    },
    until(holds, withinMs) {
      return new Promise((resolve) => {
        const finish = (answer: boolean) => {
          cancel();
          waiting.delete(look);
          resolve(answer);
        };
        const look = () => {
          if (isOver || holds()) finish(!isOver);
        };
        const cancel = clock.after(withinMs, () => finish(false));
        waiting.add(look);
        look();
      });
    },
    end() {
      isOver = true;
      for (const look of [...waiting]) look();
    },
  };
}
