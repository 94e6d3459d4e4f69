/**
 * The channels the account is in over IRC. Twitch lets it be in a hundred at once where it neither moderates nor
 * owns; a join beyond that it does not answer. What a worker has not been told (it was never in the channel) it has
 * to try; one that tried in vain while all places were taken is told so instead of trying again.
 */
import type { Millis } from "../../shared/clock.ts";
import type { Standing } from "../../shared/ipc/permit-words.ts";
import { GOOD_FOR_MS } from "./limits.ts";

/**
 * Source: dev.twitch.tv/docs/chat, "Concurrent join limits", since 2024 for verified bots, too. With the bot's own token
 * chat over EventSub counts as well; with the application's it does not.
 */
export const CHANNELS_JOINED_MAX = 100;
/** Meanwhile somebody may have made the bot a moderator: then it is worth another try. */
export const TRY_AGAIN_AFTER_MS: Millis = 10 * 60_000;

export interface ChatPlace {
  readonly isJoined: boolean;
  readonly standing: Standing | undefined;
}

export interface JoinedChannels {
  tell(channel: string, place: ChatPlace): void;
  left(channel: string): void;
  /** Why this channel should not try to join now. */
  findObstacle(channel: string, now: Millis): string | undefined;
  /** What the bot was in this channel when that was told last, also by a worker that has gone. */
  lastStanding(channel: string): Standing | undefined;
  state(): JoinedState;
}
export interface JoinedState {
  /** Channels that take one of the places. */
  readonly counted: number;
  /** Channels where the bot moderates, which are its own, or whose chat comes by the application: they take none. */
  readonly free: number;
  readonly max: number;
  readonly refused: readonly string[];
}

export const takesPlace = ({ isJoined, standing }: ChatPlace): boolean =>
  isJoined && standing !== "moderator" && standing !== "broadcaster";

/** `takesNoRoom`: chat comes by the application's token there, whatever its worker says. */
export function makeJoinedChannels(takesNoRoom: (channel: string) => boolean = () => false): JoinedChannels {
  const places = new Map<string, ChatPlace>();
  /** Channels that were let try while all places were taken, and since when. */
  const triedAt = new Map<string, Millis>();
  const refused = new Set<string>();
  /** Let in and not there yet. */
  const joining = new Map<string, Millis>();
  const standings = new Map<string, Standing>();
  const takesRoom = ([channel, place]: readonly [string, ChatPlace]) =>
    takesPlace(place) && !takesNoRoom(channel);
  const counted = (now: Millis) => {
    for (const [channel, until] of joining) if (until <= now) joining.delete(channel);
    return [...places].filter(takesRoom).length + joining.size;
  };
  const letIn = (channel: string, now: Millis) => {
    refused.delete(channel);
    joining.set(channel, now + GOOD_FOR_MS.join);
    return undefined;
  };

  return {
    tell(channel, place) {
      places.set(channel, place);
      joining.delete(channel);
      if (place.standing) standings.set(channel, place.standing);
      if (!place.isJoined) return;
      triedAt.delete(channel);
      refused.delete(channel);
    },
    left(channel) {
      places.delete(channel);
      joining.delete(channel);
      refused.delete(channel);
    },
    findObstacle(channel, now) {
      const place = places.get(channel);
      joining.delete(channel);
      const taken = counted(now);
      const isFree = place?.isJoined || place?.standing === "moderator" || place?.standing === "broadcaster";
      if (isFree || taken < CHANNELS_JOINED_MAX) return letIn(channel, now);
      const tried = triedAt.get(channel);
      const isWorthATry =
        tried === undefined ? place?.standing === undefined : now - tried >= TRY_AGAIN_AFTER_MS;
      if (tried === undefined || isWorthATry) triedAt.set(channel, now);
      if (isWorthATry) return letIn(channel, now);
      refused.add(channel);
      return `the bot is in ${taken} channels where it is no moderator, and Twitch lets an account be in ${CHANNELS_JOINED_MAX}: make it a moderator in ${channel}, or in others`;
    },
    lastStanding: (channel) => standings.get(channel),
    state: () => {
      const all = [...places].filter(([, { isJoined }]) => isJoined);
      const taken = all.filter(takesRoom).length;
      return { counted: taken, free: all.length - taken, max: CHANNELS_JOINED_MAX, refused: [...refused] };
    },
  };
}
