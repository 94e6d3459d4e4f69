/**
 * Twitch chat as EventSub tells it, by the hub's one connection: this worker opens none to Twitch, and loads nothing of
 * what that takes. It speaks through the hub, too. What comes of a line is the same as over IRC; what differs is that
 * without the hub there is no chat, and that the bot learns what it is in the channel from its own first words.
 */
import * as v from "valibot";
import type { Millis } from "../../shared/clock.ts";
import { type ChannelId, Login, type UserId } from "../../shared/ids.ts";
import type { HubEvent } from "../../shared/ipc/hub-worker.ts";
import type { Standing } from "../../shared/ipc/permit-words.ts";
import type { Logger } from "../../shared/log.ts";
import type { BodyOf } from "../../shared/twitch/channel-event.ts";
import type { Topic } from "../../shared/twitch/topics.ts";
import type { ChatLinkNews, HubDesk } from "../hub-desk.ts";
import { makeHelixVoice } from "../outputs/chat/helix-voice.ts";
import type { VoiceListener } from "../outputs/chat/voice.ts";
import type { ChatMessage } from "../signal.ts";
import { namesOf, rankOf, standingOf } from "./badges.ts";
import type { ChatDoor } from "./chat-door.ts";

export const CHAT_TOPICS: readonly Topic[] = [
  "channel.chat.message",
  "channel.chat.notification",
  "channel.chat.clear",
  "channel.chat.clear_user_messages",
  "channel.chat.message_delete",
];
const DISPLAY_NAME_MAX = 50;

export interface EventSubChat extends ChatDoor {
  /** The line that this event brings; undefined: it brings none. */
  hear(event: HubEvent, now: { readonly arrivedAt: Millis; readonly wall: Millis }): ChatMessage | undefined;
  /** The hub said how chat stands, or it came or went. */
  look(): void;
}

export function startEventSubChat(using: {
  readonly channelId: ChannelId;
  readonly botId: UserId;
  /** What the bot was in the channel, when that is known. */
  readonly lastStanding: Standing | undefined;
  readonly hub: Pick<HubDesk, "ask" | "isOpen" | "chatLink">;
  readonly voice: VoiceListener;
  readonly log: Logger;
  readonly onJoined: () => void;
  /** There is no chat, for this reason. */
  readonly onWait: (wait: NonNullable<ChatLinkNews["wait"]>) => void;
}): EventSubChat {
  const { hub, voice, log, channelId, botId } = using;
  const ours = makeHelixVoice(hub, voice);
  let isVoiceOpen = false;
  let isOpen = false;
  let isStopped = false;

  const lookForHub = () => {
    if (isVoiceOpen === hub.isOpen()) return;
    isVoiceOpen = hub.isOpen();
    if (isVoiceOpen) voice.opened(ours);
    else voice.closed();
  };
  const look = () => {
    if (isStopped) return;
    lookForHub();
    const news = hub.chatLink();
    const isOpenNow = news?.isOpen === true;
    if (isOpenNow !== isOpen)
      log.info({ isOpen: isOpenNow, because: news?.wait?.detail }, "chat over EventSub");
    const isNew = isOpenNow && !isOpen;
    isOpen = isOpenNow;
    if (isNew) using.onJoined();
    if (news?.wait) using.onWait(news.wait);
  };
  const standing = String(botId) === String(channelId) ? "broadcaster" : using.lastStanding;
  if (standing) voice.standing(standing);
  look();

  return {
    isOpen: () => isOpen,
    hear({ body, at }, now) {
      if (body.topic !== "channel.chat.message") return undefined;
      const message = toChatMessage(body, { ...now, channelId, botId, at: Date.parse(at) });
      if (message?.isOwnVoice && !message.isFromSharedChat) voice.standing(standingOf(namesOf(body.badges)));
      return message;
    },
    look,
    // Events are held back by the hub desk.
    // The hub holds the connection, and says how it stands.
    reauthOver() {},
    stopListening() {},
    stop() {
      isStopped = true;
      if (isVoiceOpen) voice.closed();
    },
  };
}

/** Pure. */
export function toChatMessage(
  body: BodyOf<"channel.chat.message">,
  using: {
    readonly channelId: ChannelId;
    readonly botId: UserId;
    readonly at: Millis;
    readonly arrivedAt: Millis;
    readonly wall: Millis;
  },
): ChatMessage | undefined {
  const { channelId, botId, at, arrivedAt, wall } = using;
  const { messageId, user, text, badges, sourceChannelId } = body;
  const login = v.safeParse(Login, user.login);
  if (!login.success) return undefined;
  const names = namesOf(badges);
  return {
    kind: "chat-message",
    id: messageId,
    channelId,
    at: Number.isNaN(at) ? wall : at,
    arrivedAt,
    text,
    user: {
      id: user.id,
      login: login.output,
      displayName: (user.name || login.output).slice(0, DISPLAY_NAME_MAX),
    },
    rank: rankOf(standingOf(names), names),
    isOwnVoice: user.id === botId,
    isFromSharedChat: sourceChannelId !== undefined && sourceChannelId !== channelId,
  };
}
