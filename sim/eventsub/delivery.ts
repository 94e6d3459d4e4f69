/**
 * Brings notices to sockets: to the session of a websocket subscription, or to one of a conduit's shards. At least
 * once, not exactly once: the fault desk may have a notification repeated.
 */
import type { FaultDesk } from "../fault-desk.ts";
import type { World } from "../world/world.ts";
import type { ConduitDesk } from "./conduit-desk.ts";
import { toNotification, toRevocation } from "./messages.ts";
import type { Notice } from "./notice.ts";
import type { SessionHall } from "./session-hall.ts";
import type { Subscription, SubscriptionStatus } from "./subscription.ts";
import type { SubscriptionDesk } from "./subscription-desk.ts";

export interface Delivery {
  /** How many subscriptions heard of it. */
  tell(notice: Notice): number;
  revoke(subscription: Subscription, status: SubscriptionStatus): void;
}

/** A conduit's subscriptions go by the channel they are about. */
const KEY_FIELDS = [
  "broadcaster_user_id",
  "to_broadcaster_user_id",
  "from_broadcaster_user_id",
  "user_id",
  "client_id",
];

export function makeDelivery(using: {
  readonly world: World;
  readonly faults: FaultDesk;
  readonly desk: SubscriptionDesk;
  readonly conduits: ConduitDesk;
  readonly hall: SessionHall;
}): Delivery {
  const { world, faults, desk, conduits, hall } = using;

  /** False = nobody was there: on a conduit that means dropped for good. */
  const send = (subscription: Subscription, message: object): boolean => {
    const session = destinationsOf(subscription)
      .map((id) => hall.find(id))
      .find((one) => one !== undefined);
    session?.send(message);
    return session !== undefined;
  };
  const destinationsOf = ({ transport, condition }: Subscription): readonly string[] => {
    if (transport.method === "websocket") return [transport.sessionId];
    const key = KEY_FIELDS.map((field) => condition[field]).find((value) => value) ?? "";
    return conduits.route(transport.conduitId, key);
  };
  const notify = (subscription: Subscription, event: object): boolean => {
    const { times, newId } = faults.takeDuplicate();
    const id = world.random.uuid();
    let wasHeard = false;
    for (let time = 0; time < times; time++) {
      const messageId = newId && time > 0 ? world.random.uuid() : id;
      wasHeard = send(subscription, toNotification(world, subscription, event, messageId)) || wasHeard;
    }
    return wasHeard;
  };

  return {
    tell: (notice) =>
      desk.listeners(notice).filter((subscription) => notify(subscription, notice.event)).length,
    revoke(subscription, status) {
      if (subscription.status !== "enabled") return;
      desk.end(subscription, status);
      send(subscription, toRevocation(world, subscription));
    },
  };
}
