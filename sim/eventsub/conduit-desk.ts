/**
 * Conduits: an application's subscriptions with sockets plugged in behind, a shard each. Numbers and rules:
 * docs/eventsub/handling-conduit-events.
 */
import type { World } from "../world/world.ts";
import type { Session } from "./session.ts";
import type { SubscriptionStatus } from "./subscription.ts";
import { toNanoTimestamp } from "./timestamp.ts";

export const CONDUITS_PER_CLIENT_MAX = 5;
export const SHARDS_PER_CONDUIT_MAX = 20_000;
/** A conduit without one enabled shard for so long is deleted. */
export const CONDUIT_WITHOUT_SHARDS_MS = 72 * 3_600_000;

export interface Shard {
  readonly id: string;
  readonly sessionId: string;
  readonly connectedAt: number;
  status: SubscriptionStatus;
  disconnectedAt: number | undefined;
}

export interface Conduit {
  readonly id: string;
  readonly clientId: string;
  shardCount: number;
  /** Only shards that were ever given a transport. */
  readonly shards: Map<string, Shard>;
  /** When its last enabled shard went; undefined = it has some. */
  emptySince: number | undefined;
}

export interface ConduitDesk {
  /** Undefined = the client has as many as it may. */
  create(clientId: string, shardCount: number): Conduit | undefined;
  listFor(clientId: string): readonly Conduit[];
  find(id: string, clientId: string): Conduit | undefined;
  resize(conduit: Conduit, shardCount: number): void;
  remove(conduit: Conduit): void;
  setShard(conduit: Conduit, shardId: string, session: Session): Shard;
  /** What the end of a session disabled. */
  endSession(
    sessionId: string,
    status: SubscriptionStatus,
  ): readonly { readonly conduit: Conduit; readonly shard: Shard }[];
  /** Sessions to try, in order: the one this key belongs to, then one other. */
  route(conduitId: string, key: string): readonly string[];
}

export function makeConduitDesk(world: World, onRemoved: (conduit: Conduit) => void): ConduitDesk {
  const conduits = new Map<string, Conduit>();

  const remove = (conduit: Conduit) => {
    if (conduits.delete(conduit.id)) onRemoved(conduit);
  };
  const forgetEmpty = () => {
    const before = world.clock.now() - CONDUIT_WITHOUT_SHARDS_MS;
    for (const one of [...conduits.values()])
      if (one.emptySince !== undefined && one.emptySince <= before) remove(one);
  };
  const noteEmptiness = (conduit: Conduit) => {
    const isEmpty = ![...conduit.shards.values()].some((shard) => shard.status === "enabled");
    conduit.emptySince = isEmpty ? (conduit.emptySince ?? world.clock.now()) : undefined;
  };
  const listFor = (clientId: string) => {
    forgetEmpty();
    return [...conduits.values()].filter((one) => one.clientId === clientId);
  };

  return {
    create(clientId, shardCount) {
      if (listFor(clientId).length >= CONDUITS_PER_CLIENT_MAX) return undefined;
      const conduit: Conduit = {
        id: world.random.uuid(),
        clientId,
        shardCount,
        shards: new Map(),
        emptySince: world.clock.now(),
      };
      conduits.set(conduit.id, conduit);
      return conduit;
    },
    listFor,
    find: (id, clientId) => listFor(clientId).find((one) => one.id === id),
    resize(conduit, shardCount) {
      conduit.shardCount = shardCount;
      for (const id of [...conduit.shards.keys()]) if (Number(id) >= shardCount) conduit.shards.delete(id);
      noteEmptiness(conduit);
    },
    remove,
    setShard(conduit, shardId, session) {
      const shard: Shard = {
        id: shardId,
        sessionId: session.id,
        connectedAt: session.connectedAt,
        status: "enabled",
        disconnectedAt: undefined,
      };
      conduit.shards.set(shardId, shard);
      noteEmptiness(conduit);
      return shard;
    },
    endSession(sessionId, status) {
      const disabled: { conduit: Conduit; shard: Shard }[] = [];
      for (const conduit of conduits.values()) {
        for (const shard of conduit.shards.values()) {
          if (shard.sessionId !== sessionId || shard.status !== "enabled") continue;
          shard.status = status;
          shard.disconnectedAt = world.clock.now();
          disabled.push({ conduit, shard });
        }
        noteEmptiness(conduit);
      }
      return disabled;
    },
    route(conduitId, key) {
      const conduit = conduits.get(conduitId);
      if (!conduit) return [];
      const first = toShardNumber(key, conduit.shardCount);
      const others = [...conduit.shards.values()].filter((shard) => shard.id !== String(first));
      const second = others.length > 0 ? world.random.pick(others) : undefined;
      return [conduit.shards.get(String(first)), second].flatMap((shard) =>
        shard?.status === "enabled" ? [shard.sessionId] : [],
      );
    },
  };
}

/** FNV-1a: the same channel always meets the same shard. */
export function toShardNumber(key: string, shardCount: number): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < key.length; at++) hash = Math.imul(hash ^ key.charCodeAt(at), 0x01000193) >>> 0;
  return hash % shardCount;
}

export function toConduitBody(conduit: Conduit): object {
  return { id: conduit.id, shard_count: conduit.shardCount };
}

export function toShardBody(shard: Shard): object {
  return { id: shard.id, status: shard.status, transport: toShardTransport(shard) };
}

export function toShardTransport(shard: Shard): object {
  return {
    method: "websocket",
    session_id: shard.sessionId,
    connected_at: toNanoTimestamp(shard.connectedAt),
    ...(shard.disconnectedAt === undefined ? {} : { disconnected_at: toNanoTimestamp(shard.disconnectedAt) }),
  };
}
