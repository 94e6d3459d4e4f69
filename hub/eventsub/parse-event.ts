/** Twitch's event bodies → ours. One row per topic; what does not fit is refused with the reason, never guessed. */
import * as v from "valibot";
import { ChannelId } from "../../shared/ids.ts";
import type { StreamEventBody } from "../../shared/twitch/stream-event.ts";
import { isTopic, type Topic } from "../../shared/twitch/topics.ts";

const Name = v.pipe(v.string(), v.maxLength(200));
const broadcaster = {
  broadcaster_user_id: ChannelId,
  broadcaster_user_login: Name,
  broadcaster_user_name: Name,
};

const StreamOnline = v.object({ ...broadcaster, id: Name, type: Name, started_at: Name });
const StreamOffline = v.object(broadcaster);
const ChannelUpdate = v.object({
  ...broadcaster,
  title: v.string(),
  language: Name,
  category_id: Name,
  category_name: Name,
});

type Named = { readonly broadcaster_user_login: string; readonly broadcaster_user_name: string };
const names = (event: Named) => ({
  broadcasterLogin: event.broadcaster_user_login,
  broadcasterName: event.broadcaster_user_name,
});

type Parser = (event: unknown) => { readonly channelId: ChannelId; readonly body: StreamEventBody };
const parsers: Record<Topic, Parser> = {
  "stream.online": (raw) => {
    const event = v.parse(StreamOnline, raw);
    return {
      channelId: event.broadcaster_user_id,
      body: {
        topic: "stream.online",
        ...names(event),
        streamId: event.id,
        startedAt: event.started_at,
        streamType: event.type,
      },
    };
  },
  "stream.offline": (raw) => {
    const event = v.parse(StreamOffline, raw);
    return { channelId: event.broadcaster_user_id, body: { topic: "stream.offline", ...names(event) } };
  },
  "channel.update": (raw) => {
    const event = v.parse(ChannelUpdate, raw);
    return {
      channelId: event.broadcaster_user_id,
      body: {
        topic: "channel.update",
        ...names(event),
        title: event.title,
        language: event.language,
        categoryId: event.category_id,
        categoryName: event.category_name,
      },
    };
  },
};

export type ParsedEvent =
  | { readonly is: "event"; readonly channelId: ChannelId; readonly body: StreamEventBody }
  | { readonly is: "unknown"; readonly problem: string };

/** Pure. */
export function parseEvent(type: string, event: unknown): ParsedEvent {
  if (!isTopic(type)) return { is: "unknown", problem: `we never asked for ${type.slice(0, 60)}` };
  try {
    return { is: "event", ...parsers[type](event) };
  } catch (problem) {
    if (problem instanceof v.ValiError) return { is: "unknown", problem: `${type}: ${problem.message}` };
    throw problem;
  }
}
