/**
 * Which events came already. Twitch delivers at least once: usually the repeat has the same message id, sometimes
 * another one and the same content, so both are remembered.
 */
import type { Clock, Millis } from "../shared/clock.ts";
import type { ChannelId } from "../shared/ids.ts";
import type { StreamEventBody } from "../shared/twitch/stream-event.ts";

export interface SeenEvents {
  /** True the first time; false for every repeat. */
  isNew(messageId: string, channelId: ChannelId, body: StreamEventBody): boolean;
}

/** Twitch itself drops what is older than this, so no repeat comes later. */
const REMEMBERED_MS: Millis = 10 * 60_000;
/** Two equal events further apart than this are two events: a title may be set back to what it was. */
const SAME_CONTENT_MS: Millis = 60_000;
const REMEMBERED_MAX = 20_000;

export function makeSeenEvents(clock: Clock): SeenEvents {
  const until = new Map<string, Millis>();
  const forgetOld = (now: Millis) => {
    for (const [key, end] of until) {
      if (end > now && until.size <= REMEMBERED_MAX) return;
      until.delete(key);
    }
  };
  const remember = (key: string, forMs: Millis, now: Millis) => {
    const isKnown = (until.get(key) ?? 0) > now;
    if (isKnown) return false;
    until.delete(key);
    until.set(key, now + forMs);
    return true;
  };
  return {
    isNew(messageId, channelId, body) {
      const now = clock.now();
      forgetOld(now);
      const isNewMessage = remember(`id ${messageId}`, REMEMBERED_MS, now);
      const isNewContent = remember(`body ${naturalKey(channelId, body)}`, SAME_CONTENT_MS, now);
      return isNewMessage && isNewContent;
    },
  };
}

function naturalKey(channelId: ChannelId, body: StreamEventBody): string {
  return body.topic === "stream.online" ? `online ${body.streamId}` : `${channelId} ${JSON.stringify(body)}`;
}
