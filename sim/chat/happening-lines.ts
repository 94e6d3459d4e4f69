/** What a happening looks like on IRC to those in the channel. Tags as in dev.twitch.tv/docs/irc/tags. */
import type { Happening } from "../world/happening.ts";
import type { Channel, ChatLine, User, World } from "../world/world.ts";
import { isVip, toStateTags } from "./chatter-tags.ts";
import { isEmotesOnly, toEmotesTag } from "./emotes.ts";
import { SERVER_NAME, type ServerLine } from "./irc-line.ts";
import { planSettingChanges } from "./notices.ts";
import type { RoomMemory } from "./room-memory.ts";
import { toChannelName, toMask, toNotice, toRoomState } from "./server-lines.ts";
import * as userNotice from "./user-notices.ts";

export interface RoomLines {
  readonly channel: Channel;
  readonly lines: readonly ServerLine[];
}

type Of<Kind extends Happening["kind"]> = Extract<Happening, { kind: Kind }>;

export function toRoomLines(world: World, memory: RoomMemory, happening: Happening): RoomLines | "silence" {
  const now = world.clock.now();
  switch (happening.kind) {
    case "chat-message":
      return { channel: happening.channel, lines: [toPrivmsg(happening.channel, happening.line)] };
    case "chat-cleared":
      return { channel: happening.channel, lines: [toClearChat(happening.channel, now)] };
    case "user-banned":
      return { channel: happening.channel, lines: [toClearChat(happening.channel, now, happening)] };
    case "message-deleted":
      return { channel: happening.channel, lines: [toClearMsg(happening.channel, happening.line, now)] };
    case "chat-settings-changed":
      return { channel: happening.channel, lines: toSettingLines(memory, happening) };
    case "announcement":
      return { channel: happening.channel, lines: [userNotice.toAnnouncement(world, happening)] };
    case "subscribed":
      // A gift is told once, by its giver.
      if (happening.isGift) return "silence";
      return { channel: happening.channel, lines: [userNotice.toSubscription(world, happening)] };
    case "gifted":
      return { channel: happening.channel, lines: userNotice.toGifts(world, memory, happening) };
    case "raided":
      return { channel: happening.to, lines: [userNotice.toRaid(world, happening)] };
    case "cheered":
      // Whoever cheers by name said it in chat; nobody has said it yet for the one who does not give a name.
      if (happening.user) return "silence";
      return { channel: happening.channel, lines: [toAnonymousCheer(world, happening)] };
    case "redeemed":
    // Text that came with a reward is a chat message of its own; without text IRC shows nothing.
    case "user-unbanned":
    case "stream-online":
    case "stream-offline":
    case "channel-updated":
    case "followed":
    case "shouted-out":
    case "moderator-added":
    case "moderator-removed":
    case "vip-added":
    case "vip-removed":
    case "authorization-granted":
    case "authorization-revoked":
    case "token-expired":
      return "silence";
  }
}

export function toPrivmsg(channel: Channel, line: ChatLine): ServerLine {
  return {
    tags: {
      ...toStateTags(channel, line.user, line),
      emotes: toEmotesTag(line.text),
      "first-msg": line.isFirst ? "1" : "0",
      flags: "",
      id: line.id,
      "returning-chatter": "0",
      "room-id": channel.owner.id,
      "tmi-sent-ts": String(line.at),
      turbo: "0",
      "user-id": line.user.id,
      ...(line.bits > 0 && { bits: String(line.bits) }),
      ...(line.nonce !== undefined && { "client-nonce": line.nonce }),
      ...(line.customRewardId !== undefined && { "custom-reward-id": line.customRewardId }),
      ...(isEmotesOnly(line.text) && { "emote-only": "1" }),
      ...(isVip(channel, line.user) && { vip: "1" }),
      ...(line.replyTo && toReplyTags(line.replyTo)),
    },
    prefix: toMask(line.user.login),
    command: "PRIVMSG",
    params: [toChannelName(channel)],
    trailing: line.isAction ? `\u0001ACTION ${line.text}\u0001` : line.text,
  };
}

/** Twitch's own account that speaks for those who cheer without their name. */
const ANONYMOUS_CHEERER: User = {
  id: "407665396",
  login: "ananonymouscheerer",
  displayName: "AnAnonymousCheerer",
  color: "",
  description: "",
  createdAt: 0,
  isVerifiedBot: false,
};

function toAnonymousCheer(world: World, { channel, bits, text }: Of<"cheered">): ServerLine {
  return toPrivmsg(channel, {
    id: world.random.uuid(),
    user: ANONYMOUS_CHEERER,
    text,
    at: world.clock.now(),
    isAction: false,
    bits,
    customRewardId: undefined,
    replyTo: undefined,
    hasBotBadge: false,
  });
}

function toReplyTags(parent: ChatLine): Readonly<Record<string, string>> {
  let root = parent;
  while (root.replyTo) root = root.replyTo;
  return {
    "reply-parent-display-name": parent.user.displayName,
    "reply-parent-msg-body": parent.text,
    "reply-parent-msg-id": parent.id,
    "reply-parent-user-id": parent.user.id,
    "reply-parent-user-login": parent.user.login,
    "reply-thread-parent-display-name": root.user.displayName,
    "reply-thread-parent-msg-id": root.id,
    "reply-thread-parent-user-id": root.user.id,
    "reply-thread-parent-user-login": root.user.login,
  };
}

function toClearChat(
  channel: Channel,
  now: number,
  target?: { readonly user: User; readonly forSeconds: number | undefined },
): ServerLine {
  return {
    needs: "commands",
    tags: {
      "room-id": channel.owner.id,
      "tmi-sent-ts": String(now),
      ...(target && { "target-user-id": target.user.id }),
      ...(target?.forSeconds !== undefined && { "ban-duration": String(target.forSeconds) }),
    },
    prefix: SERVER_NAME,
    command: "CLEARCHAT",
    params: [toChannelName(channel)],
    ...(target && { trailing: target.user.login }),
  };
}

function toClearMsg(channel: Channel, line: ChatLine, now: number): ServerLine {
  return {
    needs: "commands",
    // Twitch leaves room-id empty here, in its own example too.
    tags: { login: line.user.login, "room-id": "", "target-msg-id": line.id, "tmi-sent-ts": String(now) },
    prefix: SERVER_NAME,
    command: "CLEARMSG",
    params: [toChannelName(channel)],
    trailing: line.text,
  };
}

function toSettingLines(memory: RoomMemory, { channel }: Of<"chat-settings-changed">): readonly ServerLine[] {
  return planSettingChanges(memory.takeSettingsBefore(channel), channel.settings).flatMap((change) => [
    toRoomState(channel, { [change.tag]: change.value }),
    toNotice(toChannelName(channel), change.notice),
  ]);
}
