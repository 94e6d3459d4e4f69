/**
 * Everything that can be done to the simulated Twitch, one function each: it changes the facts, then announces
 * what happened. Helix endpoints, the control API and scenarios all act through these, so a ban is the same ban
 * whoever asked. Who may do it was decided before; here only what cannot be done at all is refused.
 */
import { findOrAddGame } from "./games.ts";
import type { Tier } from "./happening.ts";
import type { Channel, ChatLine, ChatSettings, Redemption, Stream, User, World } from "./world.ts";

export type Outcome = { readonly is: "done" } | { readonly is: "refused"; readonly because: string };

const DONE: Outcome = { is: "done" };
const refused = (because: string): Outcome => ({ is: "refused", because });

export interface ChannelChange {
  readonly title?: string | undefined;
  /** A category's id or name; empty = no category. */
  readonly game?: string | undefined;
  readonly language?: string | undefined;
  readonly tags?: readonly string[] | undefined;
}

export function goLive(
  world: World,
  channel: Channel,
  using: ChannelChange & { readonly viewers?: number | undefined } = {},
): Outcome {
  if (channel.stream) return refused(`${channel.owner.login} is live already`);
  updateChannel(world, channel, using);
  const stream: Stream = {
    id: String(world.random.below(1_000_000_000) + 40_000_000_000),
    startedAt: world.clock.now(),
    viewers: using.viewers ?? 1,
  };
  channel.stream = stream;
  world.happen({ kind: "stream-online", channel, stream });
  return DONE;
}

export function goOffline(world: World, channel: Channel): Outcome {
  if (!channel.stream) return refused(`${channel.owner.login} is not live`);
  channel.stream = undefined;
  world.happen({ kind: "stream-offline", channel });
  return DONE;
}

/** Changing something to what it is already announces nothing. */
export function updateChannel(world: World, channel: Channel, change: ChannelChange): Outcome {
  const before = JSON.stringify([channel.title, channel.gameId, channel.language, channel.tags]);
  if (change.title !== undefined) channel.title = change.title;
  if (change.language !== undefined) channel.language = change.language;
  if (change.tags !== undefined) channel.tags = change.tags;
  if (change.game !== undefined) {
    const game = change.game === "" ? { id: "", name: "" } : findOrAddGame(world.games, change.game);
    channel.gameId = game.id;
    channel.gameName = game.name;
  }
  if (JSON.stringify([channel.title, channel.gameId, channel.language, channel.tags]) !== before) {
    world.happen({ kind: "channel-updated", channel });
  }
  return DONE;
}

/** How many watch; Helix shows it, nothing is announced, as on Twitch. */
export function setViewers(channel: Channel, viewers: number): Outcome {
  if (!channel.stream) return refused(`${channel.owner.login} is not live, so nobody is watching`);
  channel.stream.viewers = viewers;
  return DONE;
}

export function follow(world: World, channel: Channel, user: User): Outcome {
  if (user.id === channel.owner.id) return refused("nobody can follow their own channel");
  if (channel.followers.has(user.id)) return refused(`${user.login} follows ${channel.owner.login} already`);
  const at = world.clock.now();
  channel.followers.set(user.id, at);
  world.happen({ kind: "followed", channel, user, at });
  return DONE;
}

export function subscribe(
  world: World,
  channel: Channel,
  user: User,
  using: {
    readonly tier?: Tier | undefined;
    readonly months?: number | undefined;
    readonly text?: string | undefined;
  } = {},
): Outcome {
  const tier = using.tier ?? "1000";
  const months = using.months ?? (channel.subscribers.get(user.id)?.months ?? 0) + 1;
  channel.subscribers.set(user.id, { tier, months });
  world.happen({ kind: "subscribed", channel, user, tier, months, text: using.text ?? "", isGift: false });
  return DONE;
}

/** `by` undefined = an anonymous gifter. The doors turn one gift into Twitch's one-plus-each messages. */
export function gift(
  world: World,
  channel: Channel,
  by: User | undefined,
  to: readonly User[],
  tier: Tier = "1000",
): Outcome {
  if (to.length === 0) return refused("a gift needs at least one recipient");
  const already = to.find((user) => channel.subscribers.has(user.id));
  if (already) return refused(`${already.login} is subscribed to ${channel.owner.login} already`);
  for (const user of to) channel.subscribers.set(user.id, { tier, months: 1 });
  world.happen({ kind: "gifted", channel, by, to, tier });
  return DONE;
}

/** `user` undefined = an anonymous cheer. */
export function cheer(
  world: World,
  channel: Channel,
  user: User | undefined,
  bits: number,
  text: string,
): Outcome {
  world.happen({ kind: "cheered", channel, user, bits, text });
  return DONE;
}

export function raid(world: World, from: Channel, to: Channel, viewers: number): Outcome {
  if (from === to) return refused("a channel cannot raid itself");
  world.happen({ kind: "raided", from, to, viewers });
  return DONE;
}

export function redeem(world: World, channel: Channel, redemption: Redemption): Outcome {
  world.happen({ kind: "redeemed", channel, redemption });
  return DONE;
}

/** `forSeconds` undefined = for good. A timeout may become a ban and a timeout may be changed; a ban stays. */
export function ban(
  world: World,
  channel: Channel,
  user: User,
  using: { readonly by: User; readonly reason: string; readonly forSeconds: number | undefined },
): Outcome {
  if (user.id === channel.owner.id) return refused("a broadcaster cannot be banned from their own channel");
  if (isBannedForGood(channel, user)) return refused(`${user.login} is banned already`);
  const until = using.forSeconds === undefined ? undefined : world.clock.now() + using.forSeconds * 1000;
  channel.banned.set(user.id, until);
  if (using.forSeconds === undefined) {
    removeModerator(world, channel, user);
    removeVip(world, channel, user);
  }
  world.happen({ kind: "user-banned", channel, user, ...using });
  return DONE;
}

export function unban(world: World, channel: Channel, user: User, by: User): Outcome {
  if (!isBannedNow(world, channel, user)) return refused(`${user.login} is not banned`);
  channel.banned.delete(user.id);
  world.happen({ kind: "user-unbanned", channel, user, by });
  return DONE;
}

export function isBannedForGood(channel: Channel, user: User): boolean {
  return channel.banned.has(user.id) && channel.banned.get(user.id) === undefined;
}

/** A timeout that ran out is no ban any more. */
export function isBannedNow(world: World, channel: Channel, user: User): boolean {
  if (!channel.banned.has(user.id)) return false;
  const until = channel.banned.get(user.id);
  return until === undefined || until > world.clock.now();
}

export function deleteMessage(world: World, channel: Channel, line: ChatLine, by: User): Outcome {
  const at = channel.lines.indexOf(line);
  if (at < 0) return refused("that message is gone already");
  channel.lines.splice(at, 1);
  world.happen({ kind: "message-deleted", channel, line, by });
  return DONE;
}

export function clearChat(world: World, channel: Channel): Outcome {
  channel.lines.length = 0;
  world.happen({ kind: "chat-cleared", channel });
  return DONE;
}

/** A VIP who becomes a moderator is no VIP any more, and the other way round: Twitch allows one of the two. */
export function addModerator(world: World, channel: Channel, user: User): Outcome {
  if (user.id === channel.owner.id || channel.moderators.has(user.id))
    return refused("user is already a mod");
  if (channel.vips.has(user.id)) removeVip(world, channel, user);
  channel.moderators.add(user.id);
  world.happen({ kind: "moderator-added", channel, user });
  return DONE;
}

export function removeModerator(world: World, channel: Channel, user: User): Outcome {
  if (!channel.moderators.delete(user.id)) return refused("user is not a mod");
  world.happen({ kind: "moderator-removed", channel, user });
  return DONE;
}

export function addVip(world: World, channel: Channel, user: User): Outcome {
  if (user.id === channel.owner.id) return refused("a broadcaster cannot be a VIP of their own channel");
  if (channel.vips.has(user.id)) return refused("user is already a VIP");
  if (channel.moderators.has(user.id)) removeModerator(world, channel, user);
  channel.vips.add(user.id);
  world.happen({ kind: "vip-added", channel, user });
  return DONE;
}

export function removeVip(world: World, channel: Channel, user: User): Outcome {
  if (!channel.vips.delete(user.id)) return refused("user is not a VIP");
  world.happen({ kind: "vip-removed", channel, user });
  return DONE;
}

export function changeChatSettings(world: World, channel: Channel, change: Partial<ChatSettings>): Outcome {
  Object.assign(channel.settings, change);
  world.happen({ kind: "chat-settings-changed", channel });
  return DONE;
}

export function announce(world: World, channel: Channel, by: User, text: string, color: string): Outcome {
  world.happen({ kind: "announcement", channel, by, text, color });
  return DONE;
}

export function shoutout(world: World, from: Channel, to: Channel, by: User): Outcome {
  world.happen({ kind: "shouted-out", from, to, by, viewers: from.stream?.viewers ?? 0 });
  return DONE;
}

/** What happens when a user clicks "Disconnect" at Twitch: every token of theirs for that application is void. */
export function revokeAuthorization(world: World, clientId: string, user: User): Outcome {
  const isTheirs = (one: { clientId: string; userId: string | undefined }) =>
    one.clientId === clientId && one.userId === user.id;
  const tokens = [...world.tokens.values()].filter(isTheirs);
  if (!world.grants.delete(`${clientId} ${user.id}`) && tokens.length === 0) {
    return refused(`${user.login} never authorised ${clientId}`);
  }
  for (const token of tokens) world.tokens.delete(token.accessToken);
  world.happen({ kind: "authorization-revoked", clientId, user });
  return DONE;
}

/** Ends a token's life early; its refresh token goes on working, as after four hours on Twitch. */
export function expireToken(world: World, accessToken: string): Outcome {
  const token = world.tokens.get(accessToken);
  if (!token) return refused("no such access token");
  token.expiresAt = world.clock.now();
  world.happen({ kind: "token-expired", accessToken });
  return DONE;
}

export function expireTokensOf(world: World, user: User): Outcome {
  const theirs = [...world.tokens.values()].filter((token) => token.userId === user.id);
  if (theirs.length === 0) return refused(`${user.login} has no access token`);
  for (const token of theirs) expireToken(world, token.accessToken);
  return DONE;
}

export function expireAppTokens(world: World, clientId: string): Outcome {
  const its = [...world.tokens.values()].filter(
    (token) => token.kind === "app" && token.clientId === clientId,
  );
  if (its.length === 0) return refused(`${clientId} has no app token`);
  for (const token of its) expireToken(world, token.accessToken);
  return DONE;
}
