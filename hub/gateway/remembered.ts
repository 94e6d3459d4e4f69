/** Answers that are good for a while. Failures are not kept, and what was forgotten meanwhile is not kept either. */
import type { Clock, Millis } from "../../shared/clock.ts";
import type { Looked } from "./ask-helix.ts";
import type { Batcher } from "./batcher.ts";

export interface Remembered<Key, Value> {
  get(key: Key): Promise<Looked<Value | undefined>>;
  /** Something else is true now; an answer that is on its way may be older than that. */
  forget(key: Key): void;
}

/** More than a house has channels. */
const KEPT_MAX = 2_000;

export function makeRemembered<Key, Value>(using: {
  readonly clock: Clock;
  readonly ageMs: Millis;
  readonly source: Batcher<Key, Value>;
}): Remembered<Key, Value> {
  const { clock, ageMs, source } = using;
  /** The oldest first. */
  const kept = new Map<Key, { readonly value: Value | undefined; readonly until: Millis }>();
  /** By key: a new object for each forgetting. */
  const forgotten = new Map<Key, object>();

  const keep = (key: Key, value: Value | undefined, askedAt: Millis) => {
    kept.delete(key);
    kept.set(key, { value, until: askedAt + ageMs });
    const [oldest] = kept.keys();
    if (kept.size > KEPT_MAX && oldest !== undefined) kept.delete(oldest);
  };
  return {
    async get(key) {
      const askedAt = clock.now();
      const found = kept.get(key);
      if (found && askedAt < found.until) return { is: "looked", value: found.value };
      const before = forgotten.get(key);
      const looked = await source.get(key);
      if (looked.is === "looked" && forgotten.get(key) === before) keep(key, looked.value, askedAt);
      return looked;
    },
    forget(key) {
      kept.delete(key);
      source.forget(key);
      forgotten.set(key, {});
    },
  };
}
