import type { Channel, User, World } from "../world/world.ts";
import type { Who } from "./login.ts";
import { bannedForGood, NO_PERMISSION, type Notice, TOO_MANY_CHANNELS } from "./notices.ts";
import { CHANNELS_JOINED_MAX } from "./rules.ts";
import { isChannelStaff, toStanding } from "./standing.ts";

/** Login names are what follows `#`; ids are no names, although the world would find people by them. */
export function findChannel(world: World, name: string | undefined): Channel | undefined {
  if (!name?.startsWith("#")) return undefined;
  const login = name.slice(1).toLowerCase();
  const user = world.findUser(login);
  return user?.login === login ? world.channels.get(user.id) : undefined;
}

/** Why this connection may not enter; undefined = it may. `joined` are the account's channels on all connections. */
export function judgeJoin(who: Who, channel: Channel, joined: readonly Channel[]): Notice | undefined {
  if (who.is === "anonymous") return undefined;
  if (!who.canRead) return NO_PERMISSION;
  const { user } = who;
  // A timeout only silences.
  if (channel.banned.has(user.id) && channel.banned.get(user.id) === undefined)
    return bannedForGood(channel.owner.login);
  if (joined.includes(channel) || isFree(channel, user)) return undefined;
  return joined.filter((one) => !isFree(one, user)).length >= CHANNELS_JOINED_MAX
    ? TOO_MANY_CHANNELS
    : undefined;
}

const isFree = (channel: Channel, user: User) => isChannelStaff(toStanding(channel, user.id));
