/** Which subscriptions Twitch takes away when something happens (docs/eventsub/handling-websocket-events/#revocation-message). Pure. */
import type { Happening } from "../world/happening.ts";
import type { World } from "../world/world.ts";
import type { Subscription, SubscriptionStatus } from "./subscription.ts";
import { authorizingField } from "./subscription-types.ts";

export interface Revocation {
  readonly isMeant: (subscription: Subscription) => boolean;
  readonly status: SubscriptionStatus;
}

export function planRevocation(world: World, happening: Happening): Revocation | undefined {
  switch (happening.kind) {
    case "authorization-revoked": {
      const { clientId, user } = happening;
      const isTheirs = (one: Subscription) =>
        one.userId === user.id || one.condition[authorizingField(one.type) ?? ""] === user.id;
      return {
        status: "authorization_revoked",
        isMeant: (one) => one.clientId === clientId && isTheirs(one),
      };
    }
    case "user-banned": {
      // Who is only timed out goes on reading.
      if (happening.forSeconds !== undefined) return undefined;
      const { channel, user } = happening;
      return {
        status: "chat_user_banned",
        isMeant: (one) => isAbout(one, channel.owner.id) && readsChatAs(one, user.id),
      };
    }
    case "moderator-removed": {
      const { channel, user } = happening;
      const neededIt = (one: Subscription) =>
        one.type.authorization.of === "moderator_user_id"
          ? one.condition.moderator_user_id === user.id
          : readsChatAs(one, user.id) &&
            one.userId === undefined &&
            !world.hasGranted(one.clientId, channel.owner.id, "channel:bot");
      return {
        status: "moderator_removed",
        isMeant: (one) => isAbout(one, channel.owner.id) && neededIt(one),
      };
    }
    default:
      return undefined;
  }
}

function isAbout(one: Subscription, broadcasterId: string): boolean {
  return one.condition.broadcaster_user_id === broadcasterId;
}

function readsChatAs(one: Subscription, userId: string): boolean {
  return one.type.authorization.of === "chat reader" && one.condition.user_id === userId;
}
