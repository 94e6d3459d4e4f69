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
  /** Who followed in the second of `lastFollowAt`; none: whoever knew is gone. */
  readonly lastFollowers: readonly UserId[];
  /** An outage that nobody has looked into yet: `lastFollowAt` runs ahead of what it swallowed. */
  readonly missedFollows: MissedFollows | undefined;
}

/** From this second on some may have been missed, but not those by these users. */
export interface MissedFollows {
  readonly fromSecond: number;
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
  lastFollowers: [],
  missedFollows: undefined,
});

/** By a hub that has just begun. */
export const recalled = (stored: StoredChannelState): ChannelState =>
  inOutage({ ...unknownChannel(stored.channelId), ...stored });

/** Pure. Undefined: there is no mark yet, and nobody can have been missed. */
export function findMissedFollows(state: ChannelState): MissedFollows | undefined {
  const { lastFollowAt, lastFollowers, missedFollows } = state;
  if (missedFollows || lastFollowAt === undefined) return missedFollows;
  const isSecondKnown = lastFollowers.length > 0;
  return { fromSecond: secondOf(lastFollowAt) + (isSecondKnown ? 0 : 1), heard: lastFollowers };
}

/**
 * Pure: from now on events may be missed. What EventSub said of title and category before is no longer on its way; and
 * what it tells of follows meanwhile says nothing of those before.
 */
export const inOutage = (state: ChannelState): ChannelState => ({
  ...state,
  infoToldAt: undefined,
  missedFollows: findMissedFollows(state),
});

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
        ...newestFollow(state, [body]),
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

/** Helix tells of follows by the second. */
export const secondOf = (at: string): number => Math.floor(Date.parse(at) / 1_000);

/** Pure: the mark after these. */
export function newestFollow(
  { lastFollowAt, lastFollowers }: Pick<ChannelState, "lastFollowAt" | "lastFollowers">,
  follows: readonly { readonly user: { readonly id: UserId }; readonly followedAt: string }[],
): Pick<ChannelState, "lastFollowAt" | "lastFollowers"> {
  const newest = follows.reduce<string | undefined>((best, one) => later(best, one.followedAt), lastFollowAt);
  if (newest === undefined) return { lastFollowAt, lastFollowers };
  const isOfIt = (at: string) => secondOf(at) === secondOf(newest);
  const before = lastFollowAt !== undefined && isOfIt(lastFollowAt) ? lastFollowers : [];
  const now = follows.filter((one) => isOfIt(one.followedAt)).map((one) => one.user.id);
  return { lastFollowAt: newest, lastFollowers: [...new Set([...before, ...now])] };
}

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
