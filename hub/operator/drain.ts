/**
 * For maintenance: `drain` lets no new events in (EventSub is paused, the wishes of workers wait; nothing is looked for,
 * and the probe is silent) and lets what is under way finish; `undrain` opens again and fills the gap that was. A hub
 * that is restarted is not drained: an operator who forgets it leaves no house deaf for longer than the process lives.
 */
import type { Clock, Millis } from "../../shared/clock.ts";

export interface Pausable {
  pause(): void;
  resume(): void;
}

export interface Drain {
  /** undefined: at work. */
  state(): { readonly forMs: Millis; readonly left: number } | undefined;
  /** Resolves when nothing is under way any more, or after DRAIN_WITHIN_MS with what still is. */
  begin(): Promise<{ readonly left: number }>;
  end(): void;
  stop(): void;
}

export const DRAIN_WITHIN_MS: Millis = 20_000;
const LOOK_EVERY_MS: Millis = 50;

export function makeDrain(using: {
  /** Whatever lets events in. */
  readonly sources: readonly Pausable[];
  /** Events that workers which are here have not dealt with. */
  readonly underWay: () => number;
  /** For whoever wonders why nothing comes. */
  readonly onChange: (isDrained: boolean) => void;
  readonly clock: Clock;
}): Drain {
  const { sources, underWay, clock } = using;
  let since: Millis | undefined;
  let cancelLook = () => {};

  const emptied = (until: Millis) =>
    new Promise<void>((resolve) => {
      const look = () => {
        if (since === undefined || underWay() === 0 || clock.now() >= until) resolve();
        else cancelLook = clock.after(LOOK_EVERY_MS, look);
      };
      look();
    });
  return {
    state: () => (since === undefined ? undefined : { forMs: clock.now() - since, left: underWay() }),
    async begin() {
      if (since === undefined) {
        since = clock.now();
        for (const source of sources) source.pause();
        using.onChange(true);
      }
      await emptied(clock.now() + DRAIN_WITHIN_MS);
      return { left: underWay() };
    },
    end() {
      if (since === undefined) return;
      since = undefined;
      using.onChange(false);
      for (const source of sources) source.resume();
    },
    stop: () => cancelLook(),
  };
}
