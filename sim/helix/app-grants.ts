import type { Channel, User } from "../world/world.ts";
import type { HelixCall } from "./endpoint.ts";
import { isModeratorOf } from "./permissions.ts";
import { HelixRefusal } from "./refusal.ts";

/**
 * What must have been granted to the application before its own token may act in chat for somebody: the scope and
 * `user:bot` by the acting user, `channel:bot` by the broadcaster (for messages, being a moderator is enough).
 */
export function needAppGrants(
  call: HelixCall,
  needs: {
    readonly channel: Channel;
    readonly sender: User;
    readonly scope: string;
    readonly isModEnough: boolean;
  },
): void {
  const { channel, sender, scope, isModEnough } = needs;
  const hasGranted = (user: User, wanted: string) =>
    call.world.hasGranted(call.token.clientId, user.id, wanted);
  if (!hasGranted(sender, scope) || !hasGranted(sender, "user:bot")) {
    throw new HelixRefusal(
      401,
      `The sender must have authorized the app with the ${scope} and user:bot scopes.`,
    );
  }
  if (isModEnough && isModeratorOf(channel, sender)) return;
  if (!hasGranted(channel.owner, "channel:bot")) {
    throw new HelixRefusal(401, "The broadcaster must have authorized the app with the channel:bot scope.");
  }
}
