/** What is known of a channel, and how EventSub's own word changes it. */
import type { StoredChannelInfo, StoredChannelState } from "../../db/channel-states.ts";
import type { Millis } from "../../shared/clock.ts";
import type { ChannelId, UserId } from "../../shared/ids.ts";
import type { ChannelEventBody } from "../../shared/twitch/channel-event.ts";

export interface ChannelState extends StoredChannelState {
  /** When EventSub last spoke of the stream, and of title and category; monotonic. */
  readonly streamToldAt: Millis | undefined;
  readonly infoToldAt: Millis | undefined;
  /** Twitch's list disagreed once; a second look tells whether that lasts. */
  readonly doubt: StreamDoubt | undefined;
  /** The same for title and category. */
  readonly infoDoubt: InfoDoubt | undefined;
  /** An outage that nobody has looked into yet: `lastFollowAt` runs ahead of what it swallowed. */
  readonly missedFollows: MissedFollows | undefined;
}

/** After `since` some may have been missed, but not those by these users. */
export interface MissedFollows {
  readonly since: string;
  readonly heard: readonly UserId[];
}

/** `streamId` undefined: the list shows no stream. */
export interface StreamDoubt {
  readonly streamId: string | undefined;
  readonly since: Millis;
  /** It came of an outage, and no fault of EventSub's. */
  readonly isOfOutage: boolean;
}

export interface InfoDoubt {
  readonly info: StoredChannelInfo;
  readonly since: Millis;
}

export const unknownChannel = (channelId: ChannelId): ChannelState => ({
  channelId,
  streamId: undefined,
  newestStartAt: undefined,
  info: undefined,
  lastFollowAt: undefined,
  isStreamKnown: false,
  streamToldAt: undefined,
  infoToldAt: undefined,
  doubt: undefined,
  infoDoubt: undefined,
  missedFollows: undefined,
});

/** By a hub that has just begun. */
export const recalled = (stored: StoredChannelState): ChannelState =>
  inOutage({ ...unknownChannel(stored.channelId), ...stored });

/**
 * Pure: from now on events may be missed. What EventSub said of title and category before is no longer on its way; and
 * what it tells of follows meanwhile says nothing of those before.
 */
export const inOutage = (state: ChannelState): ChannelState => {
  const { lastFollowAt } = state;
  const since = lastFollowAt === undefined ? undefined : { since: lastFollowAt, heard: [] };
  return { ...state, infoToldAt: undefined, missedFollows: state.missedFollows ?? since };
};

/** Pure: the state after an event; the same object when the event says nothing about it. */
export function noteEvent(state: ChannelState, body: ChannelEventBody, now: Millis): ChannelState {
  switch (body.topic) {
    case "stream.online":
      return { ...streamIs(state, body), streamToldAt: now };
    case "stream.offline":
      return { ...streamIs(state, undefined), streamToldAt: now };
    case "channel.update": {
      const { title, language, categoryId, categoryName } = body;
      const info = { title, language, categoryId, categoryName };
      return { ...state, info, infoToldAt: now, infoDoubt: undefined };
    }
    case "channel.follow":
      return {
        ...state,
        lastFollowAt: later(state.lastFollowAt, body.followedAt),
        missedFollows: state.missedFollows && {
          ...state.missedFollows,
          heard: [...state.missedFollows.heard, body.user.id],
        },
      };
    default:
      return state;
  }
}

export const streamIs = (
  state: ChannelState,
  live: { readonly streamId: string; readonly startedAt: string } | undefined,
): ChannelState => ({
  ...state,
  isStreamKnown: true,
  streamId: live?.streamId,
  newestStartAt: live ? later(state.newestStartAt, live.startedAt) : state.newestStartAt,
  doubt: undefined,
});

export const later = (a: string | undefined, b: string): string =>
  a === undefined || Date.parse(b) > Date.parse(a) ? b : a;

export const isSameInfo = (a: StoredChannelInfo, b: StoredChannelInfo): boolean =>
  a.title === b.title && a.language === b.language && a.categoryId === b.categoryId;

/** Whether the database has to hear of the change. */
export const isStoredAlike = (a: ChannelState, b: ChannelState): boolean =>
  a.isStreamKnown === b.isStreamKnown &&
  a.streamId === b.streamId &&
  a.newestStartAt === b.newestStartAt &&
  a.info === b.info &&
  a.lastFollowAt === b.lastFollowAt;
