/** Conduits at Twitch, in a test's hand. */
import type { Conduit, ConduitDesk, Shard, Trouble } from "../../hub/eventsub/conduit-desk.ts";

const CONDUITS_MAX = 5;

export function makeFakeConduits(there: readonly Conduit[] = []) {
  let conduits: readonly Conduit[] = there;
  const shards = new Map<string, Shard>();
  const asked: string[] = [];
  /** The next answers, whatever is asked. */
  const troubles: Trouble[] = [];
  let made = 0;

  const done = <T>(value: T) => ({ is: "done", value }) as const;
  const find = (id: string) => conduits.find((one) => one.id === id);
  const gone: Trouble = { is: "gone", problem: "404 Conduit not found" };
  const ask = (what: string): Trouble | undefined => {
    asked.push(what);
    return troubles.shift();
  };
  const desk: ConduitDesk = {
    list: async () => ask("list") ?? done(conduits),
    async create(shardCount) {
      const trouble = ask(`create ${shardCount}`);
      if (trouble) return trouble;
      if (conduits.length >= CONDUITS_MAX) return { is: "full", problem: "429 Conduit limit reached" };
      const conduit = { id: `c${++made}`, shardCount };
      conduits = [...conduits, conduit];
      return done(conduit);
    },
    async resize(id, shardCount) {
      const trouble = ask(`resize ${id} ${shardCount}`);
      if (trouble) return trouble;
      if (!find(id)) return gone;
      conduits = conduits.map((one) => (one.id === id ? { id, shardCount } : one));
      return done(undefined);
    },
    async shards(id) {
      const trouble = ask(`shards ${id}`);
      return trouble ?? (find(id) ? done([...shards.values()]) : gone);
    },
    async bind(id, shardId, sessionId) {
      const trouble = ask(`bind ${id} ${shardId} ${sessionId}`);
      if (trouble) return trouble;
      if (!find(id)) return gone;
      shards.set(shardId, { id: shardId, isEnabled: true, sessionId });
      return done(undefined);
    },
    watch: async (id) => ask(`watch ${id}`) ?? done(undefined),
  };
  return {
    desk,
    asked,
    troubles,
    conduits: () => conduits,
    remove(id: string) {
      conduits = conduits.filter((one) => one.id !== id);
    },
    setShard: (id: string, shard: Partial<Shard>) =>
      void shards.set(id, { id, isEnabled: true, sessionId: undefined, ...shard }),
  };
}
