/**
 * Which events came already. Twitch delivers at least once: usually the repeat has the same message id, sometimes
 * another one and the same content. Content counts as a repeat only while nothing else of its kind came in between:
 * a stream may end twice within a minute, a title may be set back to what it was.
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
/** Equal events further apart than this are two events. */
const SAME_CONTENT_MS: Millis = 60_000;
const REMEMBERED_MAX = 20_000;

export function makeSeenEvents(clock: Clock): SeenEvents {
  /** Message ids, oldest first. */
  const ids = new Map<string, Millis>();
  /** The latest content of each channel and kind. */
  const latest = new Map<string, { readonly content: string; readonly at: Millis }>();

  const forgetOld = (now: Millis) => {
    for (const [id, at] of ids) {
      if (now - at < REMEMBERED_MS && ids.size <= REMEMBERED_MAX) return;
      ids.delete(id);
    }
  };
  const isNewId = (id: string, now: Millis) => {
    const isKnown = ids.has(id);
    if (!isKnown) ids.set(id, now);
    return !isKnown;
  };
  const isNewContent = (key: string, content: string, now: Millis) => {
    const before = latest.get(key);
    if (before?.content === content && now - before.at < SAME_CONTENT_MS) return false;
    latest.set(key, { content, at: now });
    return true;
  };
  return {
    isNew(messageId, channelId, body) {
      const now = clock.now();
      forgetOld(now);
      return (
        isNewId(messageId, now) && isNewContent(`${channelId} ${kindOf(body)}`, JSON.stringify(body), now)
      );
    },
  };
}

/** A stream's beginning and end answer each other; everything else only itself. */
const kindOf = ({ topic }: StreamEventBody): string => (topic.startsWith("stream.") ? "stream" : topic);
