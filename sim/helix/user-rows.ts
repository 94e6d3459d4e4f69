import type { World } from "../world/world.ts";

/** `user_id`, `user_login`, `user_name`: how lists of people look everywhere in Helix. */
export function toUserRows(world: World, userIds: readonly string[]): readonly object[] {
  return userIds.map((id) => {
    const user = world.getUser(id);
    return { user_id: user.id, user_login: user.login, user_name: user.displayName };
  });
}
