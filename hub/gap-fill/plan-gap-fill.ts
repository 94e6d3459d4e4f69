/**
 * What was missed: the difference between what is known of a channel and what Twitch says now, as the events that
 * EventSub did not bring.
 *
 * Helix's list of streams is up to some minutes late, in both directions, and now and then leaves a running stream
 * out. So EventSub's own word stands against it for TRUST_EVENTS_MS; a stream that began before another one does not
 * begin again; and in a routine look what the list says must be true in two looks, SURE_AFTER_MS apart. After an outage
 * a new stream is believed at once, whatever EventSub said before it, because somebody waits for its announcement; an
 * end never is.
 *
 * Titles and categories have no ids: one that is told here and by EventSub, too, may be told twice, with an older one
 * in between. So a difference is told when a second look still shows it, and EventSub has said nothing meanwhile.
 */
import type { StoredChannelInfo } from "../../db/channel-states.ts";
import type { Millis } from "../../shared/clock.ts";
import type { ChannelEventBody } from "../../shared/twitch/channel-event.ts";
import type { Person } from "../../shared/twitch/event-bodies/people.ts";
import {
  type ChannelState,
  findMissedFollows,
  isSameInfo,
  newestFollow,
  secondOf,
  streamIs,
} from "./channel-state.ts";

export interface LiveStream {
  readonly streamId: string;
  readonly startedAt: string;
}
export interface Follower {
  readonly user: Person;
  readonly followedAt: string;
}

/** What Twitch was asked; undefined: not asked, or no answer. `none`: Twitch knows no such channel. */
export interface Look {
  readonly because: "outage" | "routine";
  /** `live` undefined: the channel is not among the running streams. */
  readonly stream: { readonly live: LiveStream | undefined } | undefined;
  readonly info: StoredChannelInfo | "none" | undefined;
  /** Newest first. */
  readonly followers: readonly Follower[] | undefined;
}

/** `id`: the same for the same happening, however often it is found. */
export interface Found {
  readonly id: string;
  readonly at: string;
  readonly body: ChannelEventBody;
}

export interface GapFillPlan {
  readonly state: ChannelState;
  readonly found: readonly Found[];
}

export const TRUST_EVENTS_MS: Millis = 3 * 60_000;
export const SURE_AFTER_MS: Millis = 30_000;
/** Helix knows a title at once, while EventSub's word of it, and of those before it, may still be on its way. */
export const IN_FLIGHT_MS: Millis = 5_000;

export interface Names {
  readonly broadcasterLogin: string;
  readonly broadcasterName: string;
}

/** Pure. `nowWall` stamps what has no time of its own. */
export function planGapFill(
  state: ChannelState,
  look: Look,
  using: { readonly names: Names; readonly now: Millis; readonly nowWall: Millis },
): GapFillPlan {
  const stream = planStream(state, look, using);
  const info = planInfo(stream.state, look, using);
  const followers = planFollowers(info.state, look, using);
  return { state: followers.state, found: [...stream.found, ...info.found, ...followers.found] };
}

type Using = Parameters<typeof planGapFill>[2];
const unchanged = (state: ChannelState): GapFillPlan => ({ state, found: [] });

function planStream(state: ChannelState, look: Look, using: Using): GapFillPlan {
  if (!look.stream) return unchanged(state);
  const { live } = look.stream;
  const { now } = using;
  // Whoever meets a channel for the first time has missed nothing.
  if (!state.isStreamKnown) return unchanged(streamIs(state, live));
  if (live?.streamId === state.streamId) return unchanged({ ...state, doubt: undefined });
  if (live !== undefined && !isNewerThanKnown(live, state)) return unchanged(state);
  // Begun after everything that is known: no list is late with that.
  const isSureAtOnce = look.because === "outage" && live !== undefined;
  const isTrusted = state.streamToldAt !== undefined && now - state.streamToldAt < TRUST_EVENTS_MS;
  if (isTrusted && !isSureAtOnce) return unchanged(state);

  const doubt = state.doubt?.streamId === live?.streamId ? state.doubt : undefined;
  const isSure = isSureAtOnce || (doubt !== undefined && now - doubt.since >= SURE_AFTER_MS);
  if (!isSure) {
    const first = { streamId: live?.streamId, since: now, isOfOutage: look.because === "outage" };
    return unchanged({ ...state, doubt: doubt ?? first });
  }
  return { state: streamIs(state, live), found: [toStreamEvent(state, live, using)] };
}

const isNewerThanKnown = ({ startedAt }: LiveStream, { newestStartAt }: ChannelState): boolean =>
  // What is no date is later than nothing.
  newestStartAt === undefined || !(Date.parse(startedAt) <= Date.parse(newestStartAt));

function toStreamEvent(state: ChannelState, live: LiveStream | undefined, using: Using): Found {
  const { names } = using;
  if (live === undefined) {
    return {
      id: `recovered offline ${state.streamId}`,
      at: new Date(using.nowWall).toISOString(),
      body: { topic: "stream.offline", ...names },
    };
  }
  return {
    id: `recovered online ${live.streamId}`,
    at: live.startedAt,
    // Helix lists live streams only.
    body: { topic: "stream.online", ...names, ...live, streamType: "live" },
  };
}

/** When a second look settles what the first one showed; infinite while nothing is in doubt. */
export const infoSureAt = ({ infoDoubt, infoToldAt = Number.NEGATIVE_INFINITY }: ChannelState): Millis =>
  infoDoubt
    ? Math.max(infoDoubt.since + IN_FLIGHT_MS, infoToldAt + TRUST_EVENTS_MS)
    : Number.POSITIVE_INFINITY;

function planInfo(state: ChannelState, { info }: Look, { names, now, nowWall }: Using): GapFillPlan {
  if (!info) return unchanged(state);
  if (info === "none") return unchanged({ ...state, infoDoubt: undefined });
  if (!state.info) return unchanged({ ...state, info });
  if (isSameInfo(state.info, info)) return unchanged({ ...state, infoDoubt: undefined });
  const doubt = state.infoDoubt;
  const doubted =
    doubt && isSameInfo(doubt.info, info) ? state : { ...state, infoDoubt: { info, since: now } };
  if (now < infoSureAt(doubted)) return unchanged(doubted);
  const at = new Date(nowWall).toISOString();
  return {
    state: { ...state, info, infoDoubt: undefined },
    found: [
      {
        id: `recovered update ${state.channelId} ${at}`,
        at,
        body: { topic: "channel.update", ...names, ...info },
      },
    ],
  };
}

function planFollowers(state: ChannelState, { followers }: Look, { names, nowWall }: Using): GapFillPlan {
  if (!followers) return unchanged(state);
  const mark = newestFollow(state, followers);
  // A channel without followers: whoever comes from now on is new.
  const known = { ...mark, lastFollowAt: mark.lastFollowAt ?? new Date(nowWall).toISOString() };
  const after = { ...state, ...known, missedFollows: undefined };
  const due = findMissedFollows(state);
  if (due === undefined) return unchanged(after);
  const heard = new Set(due.heard);
  const missed = followers
    .filter(({ user, followedAt }) => secondOf(followedAt) >= due.fromSecond && !heard.has(user.id))
    .toSorted((a, b) => Date.parse(a.followedAt) - Date.parse(b.followedAt));
  return { state: after, found: missed.map((one) => toFollow(one, names)) };
}

function toFollow({ user, followedAt }: Follower, names: Names): Found {
  return {
    id: `recovered follow ${user.id} ${followedAt}`,
    at: followedAt,
    body: { topic: "channel.follow", ...names, user, followedAt },
  };
}
