/** Everything that can come in at any door of a worker. From here chat lines and events walk the same rooms. */
import type { Millis } from "../shared/clock.ts";
import type { ChannelId, Login, UserId } from "../shared/ids.ts";
import type { ChannelEventBody } from "../shared/twitch/channel-event.ts";

export const RANKS = ["everyone", "subscriber", "vip", "moderator", "broadcaster"] as const;
/** Ordered: each rank may do what the ones before it may. */
export type Rank = (typeof RANKS)[number];

export const isRankAtLeast = (rank: Rank, least: Rank): boolean =>
  RANKS.indexOf(rank) >= RANKS.indexOf(least);

export interface ChatMessage {
  readonly kind: "chat-message";
  /** Twitch's message id. */
  readonly id: string;
  readonly channelId: ChannelId;
  /** Twitch's stamp, wall time. */
  readonly at: Millis;
  /** When it entered this process, monotonic: latency is measured from here. */
  readonly arrivedAt: Millis;
  /** As Twitch sent it. Room `recognise` works on a cleaned copy. */
  readonly text: string;
  readonly user: { readonly id: UserId; readonly login: Login; readonly displayName: string };
  readonly rank: Rank;
  /** True for what the bot itself said, also from another of its connections. */
  readonly isOwnVoice: boolean;
  /** True when Twitch's Shared Chat carried it over from another channel, whose own worker answers it. */
  readonly isFromSharedChat: boolean;
}

/**
 * Where an event was heard. Some happenings are told at several: on EventSub, in a notice that chat over EventSub
 * shows, on IRC.
 */
export type Door = "eventsub" | "chat-notice" | "irc";

export interface EventSignal {
  readonly kind: "channel-event";
  readonly door: Door;
  /** Twitch's id of what told it: an EventSub message, a line of chat. */
  readonly id: string;
  readonly channelId: ChannelId;
  readonly at: Millis;
  readonly arrivedAt: Millis;
  readonly body: ChannelEventBody;
}

export type Signal = ChatMessage | EventSignal;
