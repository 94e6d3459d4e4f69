/**
 * What chat says when it says no, and what it says to a room whose settings changed: msg-id and sentence as in
 * Twitch's list (dev.twitch.tv/docs/irc/msg-id). Logs and libraries go by the code, people read the sentence.
 */
import type { ChatSettings } from "../world/world.ts";

export interface Notice {
  readonly code: string;
  readonly message: string;
}

export const NO_PERMISSION: Notice = {
  code: "no_permission",
  message: "You don’t have permission to perform that action.",
};
export const CHANNEL_UNKNOWN: Notice = {
  code: "msg_channel_suspended",
  message: "This channel does not exist or has been suspended.",
};
/** Undocumented; seen at the 101st channel of one account (twitch4j#985). */
export const TOO_MANY_CHANNELS: Notice = {
  code: "msg_concurrent_channel_limit_reached",
  message: "You are connected to too many chat channels.",
};
export const TOO_FAST: Notice = {
  code: "msg_ratelimit",
  message: "Your message was not sent because you are sending messages too quickly.",
};
export const DUPLICATE: Notice = {
  code: "msg_duplicate",
  message:
    "Your message was not sent because it is identical to the previous one you sent, less than 30 seconds ago.",
};
export const EMOTES_ONLY: Notice = {
  code: "msg_emoteonly",
  message:
    "This room is in emote-only mode. You can find your currently available emoticons using the smiley in the chat text area.",
};
export const NOT_UNIQUE: Notice = {
  code: "msg_r9k",
  message: "This room is in unique-chat mode and the message you attempted to send is not unique.",
};
export const PARENT_UNKNOWN: Notice = { code: "invalid_parent", message: "The parent message is invalid." };
/** Over IRC nothing is said of an empty line; Helix needs a reason. */
export const NOTHING_TO_SAY: Notice = { code: "msg_empty", message: "The message must not be empty." };
/** Over IRC the text is cut instead; Helix answers 422. */
export const TOO_LONG: Notice = { code: "msg_too_long", message: "The message is too large." };

export const bannedForGood = (channel: string): Notice => ({
  code: "msg_banned",
  message: `You are permanently banned from talking in ${channel}.`,
});
export const timedOut = (secondsLeft: number): Notice => ({
  code: "msg_timedout",
  message: `You are timed out for ${secondsLeft} more seconds.`,
});
export const slowMode = (secondsLeft: number): Notice => ({
  code: "msg_slowmode",
  message: `This room is in slow mode and you are sending messages too quickly. You will be able to talk again in ${secondsLeft} seconds.`,
});
export const subscribersOnly = (channel: string): Notice => ({
  code: "msg_subsonly",
  message: `This room is in subscribers only mode. To talk, purchase a channel subscription at https://www.twitch.tv/products/${channel}/ticket?ref=subscriber_only_mode_chat.`,
});
export const notFollowing = (channel: string, neededMinutes: number): Notice =>
  neededMinutes === 0
    ? {
        code: "msg_followersonly_zero",
        message: `This room is in followers-only mode. Follow ${channel} to join the community!`,
      }
    : {
        code: "msg_followersonly",
        message: `This room is in ${toDurationWords(neededMinutes)} followers-only mode. Follow ${channel} to join the community!`,
      };
export const followingTooShort = (neededMinutes: number, followedMinutes: number): Notice => ({
  code: "msg_followersonly_followed",
  message: `This room is in ${toDurationWords(neededMinutes)} followers-only mode. You have been following for ${toDurationWords(followedMinutes)}. Continue following to chat!`,
});
export const commandUnknown = (command: string): Notice => ({
  code: "unrecognized_cmd",
  message: `Unrecognized command: ${command}`,
});

const MINUTES_PER_DAY = 24 * 60;

/** `1 day 2 hours 5 minutes`; nothing at all is `0 minutes`. */
export function toDurationWords(minutes: number): string {
  const parts = [
    { count: Math.floor(minutes / MINUTES_PER_DAY), unit: "day" },
    { count: Math.floor((minutes % MINUTES_PER_DAY) / 60), unit: "hour" },
    { count: minutes % 60, unit: "minute" },
  ];
  const words = parts
    .filter(({ count }) => count > 0)
    .map(({ count, unit }) => `${count} ${unit}${count === 1 ? "" : "s"}`);
  return words.length > 0 ? words.join(" ") : "0 minutes";
}

export interface SettingChange {
  /** The one ROOMSTATE tag that changed. */
  readonly tag: string;
  readonly value: string;
  readonly notice: Notice;
}

/** The ROOMSTATE tags of a room as it is now. */
export function toRoomTags(settings: ChatSettings): Readonly<Record<string, string>> {
  return {
    "emote-only": settings.emoteOnly ? "1" : "0",
    "followers-only": String(settings.followersOnlyMinutes ?? -1),
    r9k: settings.uniqueChat ? "1" : "0",
    slow: String(settings.slowSeconds),
    "subs-only": settings.subscribersOnly ? "1" : "0",
  };
}

/** One change per setting that differs: Twitch sends a ROOMSTATE and a NOTICE for each. */
export function planSettingChanges(before: ChatSettings, after: ChatSettings): readonly SettingChange[] {
  const old = toRoomTags(before);
  return Object.entries(toRoomTags(after))
    .filter(([tag, value]) => old[tag] !== value)
    .map(([tag, value]) => ({ tag, value, notice: toSettingNotice(tag, after) }));
}

function toSettingNotice(tag: string, now: ChatSettings): Notice {
  switch (tag) {
    case "emote-only":
      return onOff("emote_only", now.emoteOnly, "emote-only");
    case "r9k":
      return onOff("r9k", now.uniqueChat, "unique-chat");
    case "subs-only":
      return onOff("subs", now.subscribersOnly, "subscribers-only");
    case "slow":
      if (now.slowSeconds === 0) return onOff("slow", false, "slow");
      return {
        code: "slow_on",
        message: `This room is now in slow mode. You may send messages every ${now.slowSeconds} seconds.`,
      };
    default:
      if (now.followersOnlyMinutes === undefined) return onOff("followers", false, "followers-only");
      if (now.followersOnlyMinutes === 0)
        return { code: "followers_on_zero", message: "This room is now in followers-only mode." };
      return {
        code: "followers_on",
        message: `This room is now in ${toDurationWords(now.followersOnlyMinutes)} followers-only mode.`,
      };
  }
}

function onOff(code: string, isOn: boolean, words: string): Notice {
  return isOn
    ? { code: `${code}_on`, message: `This room is now in ${words} mode.` }
    : { code: `${code}_off`, message: `This room is no longer in ${words} mode.` };
}
