/**
 * All EventSub subscriptions of the simulation. One that ended stays listed for a while with the reason, as on
 * Twitch, and counts for nothing.
 */
import type { Token, World } from "../world/world.ts";
import { isFor, type Notice } from "./notice.ts";
import {
  type Condition,
  type Subscription,
  type SubscriptionStatus,
  type Transport,
  toLikenessKey,
} from "./subscription.ts";
import type { SubscriptionType } from "./subscription-types.ts";

/** Twitch promises "at least one minute". */
export const ENDED_LISTED_MS = 120_000;

export interface SubscriptionDesk {
  add(wish: {
    readonly type: SubscriptionType;
    readonly condition: Condition;
    readonly transport: Transport;
    readonly token: Token;
  }): Subscription;
  find(id: string): Subscription | undefined;
  /** Oldest first. A user token sees its user's websocket subscriptions, an app token those on conduits. */
  listFor(token: Token): readonly Subscription[];
  listEnabled(): readonly Subscription[];
  remove(id: string): void;
  end(subscription: Subscription, status: SubscriptionStatus): void;
  endWhere(isMeant: (subscription: Subscription) => boolean, status: SubscriptionStatus): void;
  /** Who wants to hear of it. */
  listeners(notice: Notice): readonly Subscription[];
}

export function makeSubscriptionDesk(world: World): SubscriptionDesk {
  const byId = new Map<string, Subscription>();
  /** Chat is busy and most subscriptions are about something else: looked up by type. */
  const enabledByType = new Map<string, Set<Subscription>>();
  let created = 0;

  const forgetEnded = () => {
    const before = world.clock.now() - ENDED_LISTED_MS;
    for (const one of byId.values())
      if (one.endedAt !== undefined && one.endedAt <= before) byId.delete(one.id);
  };
  const end = (one: Subscription, status: SubscriptionStatus) => {
    if (one.status !== "enabled") return;
    one.status = status;
    one.endedAt = world.clock.now();
    enabledByType.get(one.type.type)?.delete(one);
  };

  return {
    add({ type, condition, transport, token }) {
      forgetEnded();
      const one: Subscription = {
        id: world.random.uuid(),
        number: ++created,
        type,
        condition,
        likeness: toLikenessKey(type, condition),
        transport,
        clientId: token.clientId,
        userId: token.userId,
        createdAt: world.clock.now(),
        status: "enabled",
        endedAt: undefined,
      };
      byId.set(one.id, one);
      const alike = enabledByType.get(type.type) ?? new Set();
      enabledByType.set(type.type, alike.add(one));
      return one;
    },
    find: (id) => byId.get(id),
    listFor(token) {
      forgetEnded();
      return [...byId.values()].filter(
        (one) => one.clientId === token.clientId && one.userId === token.userId,
      );
    },
    listEnabled: () => [...byId.values()].filter((one) => one.status === "enabled"),
    remove(id) {
      const one = byId.get(id);
      if (!one) return;
      byId.delete(id);
      enabledByType.get(one.type.type)?.delete(one);
    },
    end,
    endWhere(isMeant, status) {
      for (const one of byId.values()) if (one.status === "enabled" && isMeant(one)) end(one, status);
    },
    listeners: (notice) => [...(enabledByType.get(notice.type) ?? [])].filter((one) => isFor(one, notice)),
  };
}
