/** GET /sim/state: the whole simulation at a glance, people by login. Pure. */
import { getChatAccount } from "../chat/chat-accounts.ts";
import type { Channel, ChatLine, World } from "../world/world.ts";
import type { ControlParts } from "./control-routes.ts";

export function toStateBody({ world, feed, script, logins, connections }: ControlParts): object {
  const { clock, users, channels, applications, tokens } = world;
  const irc = connections.irc();
  const eventsub = connections.eventsub();
  return {
    now: new Date(clock.now()).toISOString(),
    speed: clock.speed(),
    script: script.state(),
    counts: {
      users: users.size,
      live: [...channels.values()].filter((channel) => channel.stream).length,
      applications: applications.size,
      tokens: tokens.size,
      ircConnections: irc.length,
      eventsubSessions: eventsub.length,
      feedReaders: feed.readers(),
    },
    users: [...users.values()].map(({ id, login, displayName, isVerifiedBot }) => ({
      id,
      login,
      displayName,
      isVerifiedBot,
      overLimit: getChatAccount(world, id).overLimit,
    })),
    channels: [...channels.values()].map((channel) => toChannelRow(world, channel)),
    applications: [...applications.values()].map(({ clientId, name }) => ({ clientId, name })),
    irc,
    eventsub,
    devicesWaiting: logins
      .pendingDevices()
      .map(({ userCode, clientId, scopes }) => ({ userCode, clientId, scopes })),
  };
}

function toChannelRow(world: World, channel: Channel): object {
  const logins = (ids: Iterable<string>) => [...ids].map((id) => world.getUser(id).login);
  const { owner, stream } = channel;
  return {
    id: owner.id,
    login: owner.login,
    title: channel.title,
    game: channel.gameName,
    live: stream
      ? { id: stream.id, startedAt: new Date(stream.startedAt).toISOString(), viewers: stream.viewers }
      : null,
    moderators: logins(channel.moderators),
    vips: logins(channel.vips),
    followers: channel.followers.size,
    subscribers: channel.subscribers.size,
    chatters: logins(channel.chatters.keys()),
    banned: logins(channel.banned.keys()),
    settings: { ...channel.settings, followersOnlyMinutes: channel.settings.followersOnlyMinutes ?? null },
    lines: channel.lines.length,
  };
}

export function toLineRow(line: ChatLine): object {
  return {
    id: line.id,
    user: line.user.login,
    text: line.text,
    at: new Date(line.at).toISOString(),
    replyTo: line.replyTo?.id ?? null,
    bits: line.bits,
    hasBotBadge: line.hasBotBadge,
  };
}
