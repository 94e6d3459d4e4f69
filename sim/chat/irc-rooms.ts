/** Which connections are in which channel, and who of the people is in chat. */
import type { Channel, User, World } from "../world/world.ts";
import type { ServerLine } from "./irc-line.ts";
import { toPresence } from "./server-lines.ts";
import { isChannelStaff, toStanding } from "./standing.ts";

export interface RoomMember {
  /** Undefined for the anonymous: nobody sees them come and go. */
  readonly user: User | undefined;
  /** While its own line is announced: Twitch does not echo a line to the connection it came from. */
  readonly isSpeaking: boolean;
  tell(line: ServerLine): void;
}

export interface IrcRooms {
  enter(member: RoomMember, channel: Channel): void;
  leave(member: RoomMember, channel: Channel): void;
  isIn(member: RoomMember, channel: Channel): boolean;
  membersOf(channel: Channel): readonly RoomMember[];
  /** The channels an account is in over all its connections. */
  channelsOf(user: User): readonly Channel[];
}

/** In a larger room Twitch tells nobody who comes and goes. */
export const PRESENCE_CHATTERS_MAX = 1000;

/** In a large room only its moderators and its owner. */
export function toPresentLogins(world: World, channel: Channel): readonly string[] {
  const isLarge = channel.chatters.size > PRESENCE_CHATTERS_MAX;
  return [...channel.chatters.keys()]
    .filter((id) => !isLarge || isChannelStaff(toStanding(channel, id)))
    .flatMap((id) => world.users.get(id)?.login ?? []);
}

interface Room {
  readonly channel: Channel;
  readonly members: Set<RoomMember>;
}

export function makeIrcRooms(): IrcRooms {
  const rooms = new Map<string, Room>();

  const tellOthers = (room: Room, member: RoomMember, user: User, command: "JOIN" | "PART") => {
    if (room.channel.chatters.size > PRESENCE_CHATTERS_MAX) return;
    const line: ServerLine = { ...toPresence(command, user.login, room.channel), needs: "membership" };
    for (const other of room.members) if (other !== member) other.tell(line);
  };

  return {
    enter(member, channel) {
      const room = rooms.get(channel.owner.id) ?? { channel, members: new Set() };
      rooms.set(channel.owner.id, room);
      if (room.members.has(member)) return;
      room.members.add(member);
      if (!member.user) return;
      const connections = (channel.chatters.get(member.user.id) ?? 0) + 1;
      channel.chatters.set(member.user.id, connections);
      if (connections === 1) tellOthers(room, member, member.user, "JOIN");
    },
    leave(member, channel) {
      const room = rooms.get(channel.owner.id);
      if (!room?.members.delete(member)) return;
      if (room.members.size === 0) rooms.delete(channel.owner.id);
      if (!member.user) return;
      const connections = (channel.chatters.get(member.user.id) ?? 1) - 1;
      if (connections > 0) {
        channel.chatters.set(member.user.id, connections);
        return;
      }
      channel.chatters.delete(member.user.id);
      tellOthers(room, member, member.user, "PART");
    },
    isIn: (member, channel) => rooms.get(channel.owner.id)?.members.has(member) ?? false,
    membersOf: (channel) => [...(rooms.get(channel.owner.id)?.members ?? [])],
    channelsOf: (user) =>
      [...rooms.values()]
        .filter((room) => [...room.members].some((member) => member.user === user))
        .map((room) => room.channel),
  };
}
