/**
 * channel.moderate (both versions) and the broadcaster's own events beside it: ban, unban, moderators, VIPs.
 * Shapes as in docs/eventsub/eventsub-subscription-types.
 */
import type { Happening } from "../../world/happening.ts";
import type { Channel, User } from "../../world/world.ts";
import type { Notice } from "../notice.ts";
import { toNanoTimestamp } from "../timestamp.ts";
import { inChannel } from "./chat-events.ts";
import { toBroadcaster, toPerson } from "./person.ts";

type Of<Kind extends Happening["kind"]> = Extract<Happening, { kind: Kind }>;

/** Every action has a field of its own, null in all others; some have no field at all. */
const ACTION_FIELDS = [
  "followers",
  "slow",
  "vip",
  "unvip",
  "mod",
  "unmod",
  "ban",
  "unban",
  "timeout",
  "untimeout",
  "raid",
  "unraid",
  "delete",
  "automod_terms",
  "unban_request",
  "shared_chat_ban",
  "shared_chat_unban",
  "shared_chat_timeout",
  "shared_chat_untimeout",
  "shared_chat_delete",
] as const;

interface Act {
  readonly channel: Channel;
  readonly by: User;
  readonly action: (typeof ACTION_FIELDS)[number] | "clear";
  readonly details?: object;
}

/** Version 2 differs by warnings only. */
function toModerate({ channel, by, action, details }: Act): readonly Notice[] {
  const event = {
    ...toBroadcaster(channel),
    source_broadcaster_user_id: null,
    source_broadcaster_user_login: null,
    source_broadcaster_user_name: null,
    ...toPerson("moderator_user", by),
    action,
    ...Object.fromEntries(ACTION_FIELDS.map((field) => [field, field === action ? details : null])),
  };
  return [
    inChannel("channel.moderate", channel, event),
    inChannel("channel.moderate", channel, { ...event, warn: null }, "2"),
  ];
}

/** The world does not say who cleared the chat; it is put down to the broadcaster. */
export function toClearAct({ channel }: Of<"chat-cleared">): readonly Notice[] {
  return toModerate({ channel, by: channel.owner, action: "clear" });
}

export function toDeleteAct({ channel, line, by }: Of<"message-deleted">): readonly Notice[] {
  const details = { ...toPerson("user", line.user), message_id: line.id, message_body: line.text };
  return toModerate({ channel, by, action: "delete", details });
}

export function toBan(
  { channel, user, by, reason, forSeconds }: Of<"user-banned">,
  now: number,
): readonly Notice[] {
  const endsAt = forSeconds === undefined ? null : toNanoTimestamp(now + forSeconds * 1000);
  const ban = {
    ...toPerson("user", user),
    ...toBroadcaster(channel),
    ...toPerson("moderator_user", by),
    reason,
    banned_at: toNanoTimestamp(now),
    ends_at: endsAt,
    is_permanent: endsAt === null,
  };
  const details = { ...toPerson("user", user), reason, ...(endsAt === null ? {} : { expires_at: endsAt }) };
  const act = toModerate({ channel, by, action: endsAt === null ? "ban" : "timeout", details });
  return [inChannel("channel.ban", channel, ban), ...act];
}

export function toUnban({ channel, user, by }: Of<"user-unbanned">): readonly Notice[] {
  const unban = { ...toPerson("user", user), ...toBroadcaster(channel), ...toPerson("moderator_user", by) };
  const act = toModerate({ channel, by, action: "unban", details: toPerson("user", user) });
  return [inChannel("channel.unban", channel, unban), ...act];
}

const ROLES = {
  "moderator-added": { type: "channel.moderator.add", action: "mod" },
  "moderator-removed": { type: "channel.moderator.remove", action: "unmod" },
  "vip-added": { type: "channel.vip.add", action: "vip" },
  "vip-removed": { type: "channel.vip.remove", action: "unvip" },
} as const;

/** Roles are given and taken by the broadcaster. */
export function toRoleChange({ kind, channel, user }: Of<keyof typeof ROLES>): readonly Notice[] {
  const { type, action } = ROLES[kind];
  const role = inChannel(type, channel, { ...toPerson("user", user), ...toBroadcaster(channel) });
  return [role, ...toModerate({ channel, by: channel.owner, action, details: toPerson("user", user) })];
}

export function toRaidAct({ from, to, viewers }: Of<"raided">): readonly Notice[] {
  const details = { ...toPerson("user", to.owner), viewer_count: viewers };
  return toModerate({ channel: from, by: from.owner, action: "raid", details });
}
