import type { Channel } from "../world/world.ts";

/** What an account is in a channel; the highest that applies. */
export type Standing = "broadcaster" | "moderator" | "vip" | "subscriber" | "viewer";

export function toStanding(channel: Channel, userId: string): Standing {
  if (channel.owner.id === userId) return "broadcaster";
  if (channel.moderators.has(userId)) return "moderator";
  if (channel.vips.has(userId)) return "vip";
  return channel.subscribers.has(userId) ? "subscriber" : "viewer";
}

/** Broadcaster, moderators and VIPs: the larger message budget, no chat modes. */
export function isPrivileged(standing: Standing): boolean {
  return standing === "broadcaster" || standing === "moderator" || standing === "vip";
}

/** Only these may join any number of channels at once; a VIP may not (discuss.dev.twitch.com 54997). */
export function isChannelStaff(standing: Standing): boolean {
  return standing === "broadcaster" || standing === "moderator";
}
