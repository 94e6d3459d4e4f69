/** Many who ask for one thing each, answered together: the same question is on its way once, and neighbours share a call. */
import type { Clock, Millis } from "../../shared/clock.ts";
import type { Looked } from "./ask-helix.ts";

export interface Batcher<Key, Value> {
  /** undefined: Twitch has nothing under this key. Never rejects. */
  get(key: Key): Promise<Looked<Value | undefined>>;
}

/** Long enough for a hundred workers that were woken by the same thing; nobody notices it. */
export const GATHER_MS: Millis = 5;
/** Helix takes this many ids or logins a call. */
export const KEYS_A_CALL = 100;

export function makeBatcher<Key, Value>(using: {
  readonly clock: Clock;
  /** One call; never rejects. */
  readonly ask: (keys: readonly Key[]) => Promise<Looked<ReadonlyMap<Key, Value>>>;
}): Batcher<Key, Value> {
  const { clock, ask } = using;
  const asked = new Map<Key, Promise<Looked<Value | undefined>>>();
  let gathering: { readonly key: Key; readonly resolve: (looked: Looked<Value | undefined>) => void }[] = [];
  let cancelGathering = () => {};

  const send = async () => {
    const batch = gathering;
    gathering = [];
    cancelGathering();
    const looked = await ask(batch.map(({ key }) => key));
    for (const { key, resolve } of batch) {
      asked.delete(key);
      resolve(looked.is === "looked" ? { is: "looked", value: looked.value.get(key) } : looked);
    }
  };
  return {
    get(key) {
      const before = asked.get(key);
      if (before) return before;
      const { promise, resolve } = Promise.withResolvers<Looked<Value | undefined>>();
      asked.set(key, promise);
      gathering.push({ key, resolve });
      if (gathering.length === 1) cancelGathering = clock.after(GATHER_MS, () => void send());
      if (gathering.length === KEYS_A_CALL) void send();
      return promise;
    },
  };
}
