/** The tags that tell who someone is in a channel: badges, colour, name, rank. */
import type { Tier } from "../world/happening.ts";
import type { Channel, User } from "../world/world.ts";
import { toStanding } from "./standing.ts";

type Tags = Readonly<Record<string, string>>;

/** Months from which Twitch gives another subscriber badge; the first is version 0. */
const BADGE_MONTHS = [2, 3, 6, 9, 12, 18, 24, 30, 36, 42, 48, 54, 60, 66, 72, 78, 84, 90, 96];
/** Higher tiers have badges of their own: 2012 is a year of tier 2. */
const BADGE_OFFSETS: Readonly<Record<Tier, number>> = { "1000": 0, "2000": 2000, "3000": 3000 };

export function toSubscriberBadge(tier: Tier, months: number): string {
  const reached = BADGE_MONTHS.findLast((needed) => months >= needed) ?? 0;
  return `subscriber/${BADGE_OFFSETS[tier] + reached}`;
}

function toBadges(channel: Channel, user: User, hasBotBadge: boolean): string {
  const standing = toStanding(channel, user.id);
  const subscription = channel.subscribers.get(user.id);
  const badges: string[] = [];
  if (standing === "broadcaster" || standing === "moderator" || standing === "vip")
    badges.push(`${standing}/1`);
  if (subscription) badges.push(toSubscriberBadge(subscription.tier, subscription.months));
  if (hasBotBadge) badges.push("bot-badge/1");
  return badges.join(",");
}

/** What every tagged line about a chatter has. The broadcaster is no moderator to Twitch: `mod=0`. */
export function toStateTags(channel: Channel, user: User, using = { hasBotBadge: false }): Tags {
  const subscription = channel.subscribers.get(user.id);
  const isModerator = toStanding(channel, user.id) === "moderator";
  return {
    "badge-info": subscription ? `subscriber/${subscription.months}` : "",
    badges: toBadges(channel, user, using.hasBotBadge),
    color: user.color,
    "display-name": user.displayName,
    mod: isModerator ? "1" : "0",
    subscriber: subscription ? "1" : "0",
    "user-type": isModerator ? "mod" : "",
  };
}

/** Any account may use the global emotes, set 0. */
export const EMOTE_SETS = "0";

export function isVip(channel: Channel, user: User): boolean {
  return toStanding(channel, user.id) === "vip";
}
