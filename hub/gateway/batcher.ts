/** Many who ask for one thing each, answered together: the same question is on its way once, and neighbours share a call. */
import type { Clock, Millis } from "../../shared/clock.ts";
import type { Looked } from "./ask-helix.ts";

export interface Batcher<Key, Value> {
  /** undefined: Twitch has nothing under this key. Never rejects. */
  get(key: Key): Promise<Looked<Value | undefined>>;
  /** Twitch was asked too early: whoever asks from now on joins no answer that is on its way. */
  forget(key: Key): void;
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
  type Asked = PromiseWithResolvers<Looked<Value | undefined>>;
  let gathering = new Map<Key, Asked>();
  const onTheirWay = new Map<Key, Asked>();
  let cancelGathering = () => {};

  const send = async () => {
    const batch = gathering;
    gathering = new Map();
    cancelGathering();
    for (const [key, asked] of batch) onTheirWay.set(key, asked);
    const looked = await ask([...batch.keys()]);
    for (const [key, asked] of batch) {
      if (onTheirWay.get(key) === asked) onTheirWay.delete(key);
      asked.resolve(looked.is === "looked" ? { is: "looked", value: looked.value.get(key) } : looked);
    }
  };
  return {
    get(key) {
      const before = onTheirWay.get(key) ?? gathering.get(key);
      if (before) return before.promise;
      const asked: Asked = Promise.withResolvers();
      gathering.set(key, asked);
      if (gathering.size === 1) cancelGathering = clock.after(GATHER_MS, () => void send());
      if (gathering.size === KEYS_A_CALL) void send();
      return asked.promise;
    },
    forget: (key) => void onTheirWay.delete(key),
  };
}
