/** A warning that an event causes may come with every event: the first is logged, then one a minute with their number. */
import type { Clock, Millis } from "../shared/clock.ts";
import type { Logger } from "../shared/log.ts";

export interface RareWarnings {
  /** `about`: what makes two warnings the same. */
  warn(about: string, fields: Readonly<Record<string, unknown>>, message: string): void;
}

const AGAIN_AFTER_MS: Millis = 60_000;
/** A stranger that makes up new ones all the time gets no more than this. */
const DIFFERENT_MAX = 1_000;

export function makeRareWarnings(using: { readonly clock: Clock; readonly log: Logger }): RareWarnings {
  const { clock, log } = using;
  const said = new Map<string, { at: Millis; unsaid: number }>();
  return {
    warn(about, fields, message) {
      const now = clock.now();
      const before = said.get(about);
      if (before && now - before.at < AGAIN_AFTER_MS) {
        before.unsaid += 1;
        return;
      }
      if (!before && said.size >= DIFFERENT_MAX) said.clear();
      log.warn(before?.unsaid ? { ...fields, unsaid: before.unsaid } : fields, message);
      said.set(about, { at: now, unsaid: 0 });
    },
  };
}
