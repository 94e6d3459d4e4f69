/**
 * Who may send, join and log in, and how often: pure rules over plain facts. All limits are per account, whatever
 * the number of connections (dev.twitch.tv/docs/chat, "Rate limits"). Windows slide, so a client that is within
 * them is within Twitch's, however Twitch aligns its own.
 */
import type { ChatSettings } from "../world/world.ts";
import type { Notice } from "./notices.ts";
import * as say from "./notices.ts";
import { isPrivileged, type Standing } from "./standing.ts";

export interface RateLimit {
  readonly max: number;
  readonly windowMs: number;
}

export const MESSAGES_PLAIN: RateLimit = { max: 20, windowMs: 30_000 };
export const MESSAGES_PRIVILEGED: RateLimit = { max: 100, windowMs: 30_000 };
export const MESSAGES_VERIFIED: RateLimit = { max: 7500, windowMs: 30_000 };
export const JOINS_PLAIN: RateLimit = { max: 20, windowMs: 10_000 };
export const JOINS_VERIFIED: RateLimit = { max: 2000, windowMs: 10_000 };
export const AUTHS_PLAIN: RateLimit = { max: 20, windowMs: 10_000 };
export const AUTHS_VERIFIED: RateLimit = { max: 200, windowMs: 10_000 };
/** Over the message limit nothing is delivered for this long, except where the account is privileged. */
export const IGNORED_FOR_MS = 3_600_000;
export const CHANNEL_PACE_MS = 1_000;
export const DUPLICATE_WITHIN_MS = 30_000;
/** Channels an account may be in at once, not counting those it moderates or owns. */
export const CHANNELS_JOINED_MAX = 100;
export const MESSAGE_CHARACTERS_MAX = 500;
/** Unique-chat mode leaves shorter lines alone. */
export const UNIQUE_FROM_CHARACTERS = 10;

const MINUTE_MS = 60_000;

/** `taken` are the instants of what was allowed; a refused attempt takes nothing. */
export function stepRate(
  taken: readonly number[],
  now: number,
  limit: RateLimit,
): { readonly isAllowed: boolean; readonly taken: readonly number[] } {
  const recent = taken.filter((at) => at > now - limit.windowMs);
  return recent.length < limit.max
    ? { isAllowed: true, taken: [...recent, now] }
    : { isAllowed: false, taken: recent };
}

/** What chat remembers of one account's sending. */
export interface SendHistory {
  /** Every message of the last window, in privileged channels too: those fill the small bucket as well. */
  readonly messagesAt: readonly number[];
  readonly ignoredUntil: number;
}

export const NO_HISTORY: SendHistory = { messagesAt: [], ignoredUntil: 0 };

/** Every attempt costs, also one that a chat mode refuses afterwards. */
export function stepBudget(
  history: SendHistory,
  attempt: { readonly now: number; readonly isPrivileged: boolean; readonly isVerifiedBot: boolean },
): { readonly isAllowed: boolean; readonly history: SendHistory } {
  const { now } = attempt;
  if (!attempt.isPrivileged && now < history.ignoredUntil) return { isAllowed: false, history };
  const unverified = attempt.isPrivileged ? MESSAGES_PRIVILEGED : MESSAGES_PLAIN;
  const rate = stepRate(history.messagesAt, now, attempt.isVerifiedBot ? MESSAGES_VERIFIED : unverified);
  const ignoredUntil = rate.isAllowed ? history.ignoredUntil : now + IGNORED_FOR_MS;
  return { isAllowed: rate.isAllowed, history: { messagesAt: rate.taken, ignoredUntil } };
}

export interface MessageFacts {
  readonly now: number;
  readonly text: string;
  readonly standing: Standing;
  readonly channelLogin: string;
  readonly channelName: string;
  readonly settings: ChatSettings;
  readonly ban:
    | { readonly is: "none" }
    | { readonly is: "for-good" }
    | { readonly is: "until"; readonly at: number };
  readonly followedAt: number | undefined;
  /** This account's last delivered line in this channel. */
  readonly last: { readonly at: number; readonly text: string } | undefined;
  readonly isEmotesOnly: boolean;
  /** The same text stands in this room's recent lines. */
  readonly isRepeated: boolean;
}

type Rule = (facts: MessageFacts) => Notice | undefined;

const ban: Rule = ({ ban: found, now, channelLogin }) => {
  if (found.is === "for-good") return say.bannedForGood(channelLogin);
  if (found.is === "until" && found.at > now) return say.timedOut(Math.ceil((found.at - now) / 1000));
  return undefined;
};
const emoteOnly: Rule = ({ settings, isEmotesOnly }) =>
  settings.emoteOnly && !isEmotesOnly ? say.EMOTES_ONLY : undefined;
const followersOnly: Rule = ({ settings, standing, followedAt, now, channelName }) => {
  const needed = settings.followersOnlyMinutes;
  if (needed === undefined || standing === "subscriber") return undefined;
  if (followedAt === undefined) return say.notFollowing(channelName, needed);
  const followed = Math.floor((now - followedAt) / MINUTE_MS);
  return followed < needed ? say.followingTooShort(needed, followed) : undefined;
};
const subscribersOnly: Rule = ({ settings, standing, channelLogin }) =>
  settings.subscribersOnly && standing !== "subscriber" ? say.subscribersOnly(channelLogin) : undefined;
const uniqueChat: Rule = ({ settings, text, isRepeated }) =>
  settings.uniqueChat && isRepeated && Array.from(text).length >= UNIQUE_FROM_CHARACTERS
    ? say.NOT_UNIQUE
    : undefined;
const slowMode: Rule = ({ settings, last, now }) => {
  if (!last) return undefined;
  const leftMs = last.at + settings.slowSeconds * 1000 - now;
  return leftMs > 0 ? say.slowMode(Math.ceil(leftMs / 1000)) : undefined;
};
const channelPace: Rule = ({ last, now }) =>
  last && now - last.at < CHANNEL_PACE_MS ? say.TOO_FAST : undefined;
const duplicate: Rule = ({ last, now, text }) =>
  last && last.text === text && now - last.at < DUPLICATE_WITHIN_MS ? say.DUPLICATE : undefined;

/** Rules broadcaster, moderators and VIPs are exempt from, in the order they are asked. */
const RULES_FOR_VIEWERS: readonly Rule[] = [
  emoteOnly,
  followersOnly,
  subscribersOnly,
  uniqueChat,
  slowMode,
  channelPace,
  duplicate,
];

/** Undefined = may be sent. */
export function judgeMessage(facts: MessageFacts): Notice | undefined {
  const rules = isPrivileged(facts.standing) ? [ban] : [ban, ...RULES_FOR_VIEWERS];
  for (const rule of rules) {
    const refusal = rule(facts);
    if (refusal) return refusal;
  }
  return undefined;
}

/** Spaces at the ends and runs of spaces are taken away before anything is compared or counted. */
export function toNormalText(text: string): string {
  return text
    .split(" ")
    .filter((word) => word !== "")
    .join(" ")
    .trim();
}
