/**
 * Who may subscribe to what. With a user token, the token's user must be the user whose permission the type takes,
 * and the token must carry the scopes; with an app token, that user must have granted them to the client before.
 */
import { isBannedNow } from "../world/operations.ts";
import type { Channel, Token, World } from "../world/world.ts";
import type { Candidate } from "./plan-subscription.ts";
import type { Condition } from "./subscription.ts";
import { authorizingField, type ScopeSets } from "./subscription-types.ts";

export function hasAuthorization({ request: { condition }, type, token }: Candidate, world: World): boolean {
  switch (type.authorization.of) {
    case "nobody":
      return true;
    case "application":
      return condition.client_id === token.clientId;
    case "chat reader":
      return (
        hasScopes(world, token, condition.user_id, type.authorization.scopes) &&
        mayReadChat(world, token, condition)
      );
    case "moderator_user_id": {
      const mayModerate = isStaff(
        world.channels.get(condition.broadcaster_user_id ?? ""),
        condition.moderator_user_id,
      );
      return mayModerate && hasScopes(world, token, condition.moderator_user_id, type.authorization.scopes);
    }
    default:
      return hasScopes(world, token, condition[authorizingField(type) ?? ""], type.authorization.scopes);
  }
}

function hasScopes(world: World, token: Token, userId: string | undefined, sets: ScopeSets): boolean {
  if (userId === undefined || (token.kind === "user" && token.userId !== userId)) return false;
  const has = (scope: string) =>
    token.kind === "user" ? token.scopes.includes(scope) : world.hasGranted(token.clientId, userId, scope);
  return sets.every((anyOf) => anyOf.some(has));
}

/** The banned may not read, and an app may read only as a bot that was let in (docs/chat/authenticating). */
function mayReadChat(world: World, token: Token, condition: Condition): boolean {
  const channel = world.channels.get(condition.broadcaster_user_id ?? "");
  const reader = world.users.get(condition.user_id ?? "");
  if (!channel || !reader || isBannedNow(world, channel, reader)) return false;
  if (token.kind === "user") return true;
  const isLetIn =
    world.hasGranted(token.clientId, channel.owner.id, "channel:bot") || isStaff(channel, reader.id);
  return isLetIn && world.hasGranted(token.clientId, reader.id, "user:bot");
}

export function isStaff(channel: Channel | undefined, userId: string | undefined): boolean {
  if (!channel || userId === undefined) return false;
  return channel.owner.id === userId || channel.moderators.has(userId);
}
