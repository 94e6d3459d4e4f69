/** What EventSub tells about each happening, to whoever subscribed to it. Pure. */
import type { Happening } from "../../world/happening.ts";
import type { User, World } from "../../world/world.ts";
import type { Notice } from "../notice.ts";
import * as channel from "./channel-events.ts";
import * as chat from "./chat-events.ts";
import * as notification from "./chat-notification.ts";
import * as moderation from "./moderation-events.ts";
import { toPerson } from "./person.ts";

export function toNotices(world: World, happening: Happening): readonly Notice[] {
  switch (happening.kind) {
    case "chat-message":
      return [chat.toChatMessage(world, happening)];
    case "chat-cleared":
      return [chat.toChatClear(happening), ...moderation.toClearAct(happening)];
    case "message-deleted":
      return [chat.toMessageDelete(happening), ...moderation.toDeleteAct(happening)];
    case "user-banned":
      return [
        chat.toClearUserMessages(happening.channel, happening.user),
        ...moderation.toBan(happening, world.clock.now()),
      ];
    case "user-unbanned":
      return moderation.toUnban(happening);
    case "chat-settings-changed":
      return [chat.toSettingsUpdate(happening)];
    case "announcement":
      return [notification.toAnnouncementNotification(world, happening)];
    case "stream-online":
      return [channel.toStreamOnline(happening)];
    case "stream-offline":
      return [channel.toStreamOffline(happening)];
    case "channel-updated":
      return [channel.toChannelUpdate(happening)];
    case "followed":
      return [channel.toFollow(happening)];
    case "subscribed":
      // A gift is told once in chat, by its giver.
      return happening.isGift
        ? [channel.toSubscription(happening)]
        : [channel.toSubscription(happening), notification.toSubscriptionNotification(world, happening)];
    case "gifted":
      return [...channel.toGift(happening), ...notification.toGiftNotifications(world, happening)];
    case "cheered":
      return channel.toCheer(world, happening);
    case "raided":
      return [
        channel.toRaid(happening),
        notification.toRaidNotification(world, happening),
        ...moderation.toRaidAct(happening),
      ];
    case "redeemed":
      return [channel.toRedemption(happening)];
    case "shouted-out":
      return channel.toShoutout(world, happening);
    case "moderator-added":
    case "moderator-removed":
    case "vip-added":
    case "vip-removed":
      return moderation.toRoleChange(happening);
    case "authorization-granted":
      return [toAuthorization("user.authorization.grant", happening.clientId, happening.user)];
    case "authorization-revoked":
      return [toAuthorization("user.authorization.revoke", happening.clientId, happening.user)];
    case "token-expired":
      return [];
  }
}

function toAuthorization(type: string, clientId: string, user: User): Notice {
  return {
    type,
    version: "1",
    about: { client_id: clientId },
    event: { client_id: clientId, ...toPerson("user", user) },
  };
}
