/** EventSub names people by three fields each: `user_id`, `user_login`, `user_name`. */
import type { Channel, User } from "../../world/world.ts";

type Names = Readonly<Record<string, string | null>>;

/** `toPerson("to_broadcaster_user", user)` → to_broadcaster_user_id, _login and _name. */
export function toPerson(prefix: string, user: User): Names {
  return { [`${prefix}_id`]: user.id, [`${prefix}_login`]: user.login, [`${prefix}_name`]: user.displayName };
}

/** Somebody who does not want to be named, or nobody at all. */
export function toNobody(prefix: string): Names {
  return { [`${prefix}_id`]: null, [`${prefix}_login`]: null, [`${prefix}_name`]: null };
}

export function toBroadcaster(channel: Channel): Names {
  return toPerson("broadcaster_user", channel.owner);
}
