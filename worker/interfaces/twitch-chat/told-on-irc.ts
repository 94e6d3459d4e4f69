/** IRC's lines that tell of more than words: notices and cheers → our events. */
import * as v from "valibot";
import type { Millis } from "../../../shared/clock.ts";
import { ChannelId } from "../../../shared/ids.ts";
import type { Logger } from "../../../shared/log.ts";
import type { ChannelEventBody } from "../../../shared/twitch/channel-event.ts";
import type { ChatMessage, EventSignal } from "../../signal.ts";
import { toCheer } from "../cheer.ts";
import type { Tags } from "./chat-line.ts";
import { type ChannelNames, makeUserNotices } from "./user-notice.ts";
import type { UserNoticeLine } from "./user-notice-line.ts";

export interface ToldOnIrc {
  fromNotice(line: UserNoticeLine, now: Instants): readonly EventSignal[];
  /** The line itself is chat, and goes its own way. */
  fromMessage(message: ChatMessage, tags: Tags): readonly EventSignal[];
}

interface Instants {
  readonly arrivedAt: Millis;
  readonly wall: Millis;
}

const Marks = v.object({
  id: v.pipe(v.string(), v.minLength(1), v.maxLength(100)),
  channelId: ChannelId,
  sentAt: v.pipe(v.string(), v.regex(/^\d{1,15}$/), v.transform(Number)),
});

export function makeToldOnIrc(names: ChannelNames, log: Logger): ToldOnIrc {
  const notices = makeUserNotices(names);
  return {
    fromNotice(line, { arrivedAt, wall }) {
      const { tags } = line;
      try {
        const bodies = notices.toBodies(line);
        if (bodies.length === 0) return [];
        const { id, channelId, sentAt } = v.parse(Marks, {
          id: tags.get("id"),
          channelId: tags.get("room-id"),
          sentAt: tags.get("tmi-sent-ts") || String(Math.round(wall)),
        });
        const common = { kind: "channel-event", door: "irc", channelId, at: sentAt, arrivedAt } as const;
        return bodies.map((body, index) => ({ ...common, id: `${id} ${index}`, body }));
      } catch (problem) {
        if (!(problem instanceof v.ValiError)) throw problem;
        log.warn(
          { notice: tags.get("msg-id")?.slice(0, 60), problem: problem.message },
          "a notice in chat was not understood",
        );
        return [];
      }
    },
    fromMessage(message, tags) {
      if (message.isFromSharedChat) return [];
      const { id, login, displayName } = message.user;
      const said = { ...names, user: { id, login, name: displayName }, text: message.text };
      const bits = v.safeParse(Bits, tags.get("bits"));
      const body: ChannelEventBody | undefined = bits.success ? toCheer(said, bits.output) : undefined;
      if (!body) return [];
      const { channelId, at, arrivedAt } = message;
      return [
        { kind: "channel-event", door: "irc", id: `${message.id} cheer`, channelId, at, arrivedAt, body },
      ];
    },
  };
}

const Bits = v.pipe(v.string(), v.regex(/^\d{1,9}$/), v.transform(Number));
