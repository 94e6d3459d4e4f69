import * as v from "valibot";
import { changeChatSettings } from "../world/operations.ts";
import type { ChatSettings } from "../world/world.ts";
import { parseBody } from "./body.ts";
import { answerData, defineEndpoint } from "./endpoint.ts";
import { isModeratorOf, needChannel, needModeratedChannel } from "./permissions.ts";
import { HelixRefusal } from "./refusal.ts";

const SLOW_SECONDS = { least: 3, most: 120, usual: 30 };
const FOLLOWER_MINUTES = { least: 0, most: 129_600, usual: 0 };
const DELAY_SECONDS_ALLOWED: readonly number[] = [2, 4, 6];

/** https://dev.twitch.tv/docs/api/reference#get-chat-settings */
export const getChatSettings = defineEndpoint({
  method: "GET",
  path: "/chat/settings",
  tokens: "any",
  scopes: [],
  answer(call) {
    const channel = needChannel(call);
    const moderatorId = call.query.get("moderator_id");
    const caller = call.caller;
    // Only who may moderate the channel is told about the chat delay.
    const isPrivileged =
      moderatorId !== null &&
      caller?.id === moderatorId &&
      isModeratorOf(channel, caller) &&
      maySeeDelay(call.token.scopes);
    const shown = toSettings(channel.owner.id, channel.settings);
    return answerData([isPrivileged ? { ...shown, ...toPrivileged(moderatorId, channel.settings) } : shown]);
  },
});

const maySeeDelay = (scopes: readonly string[]) =>
  scopes.includes("moderator:read:chat_settings") || scopes.includes("moderator:manage:chat_settings");

const ChangeBody = v.object({
  emote_mode: v.nullish(v.boolean()),
  follower_mode: v.nullish(v.boolean()),
  follower_mode_duration: v.nullish(v.number()),
  non_moderator_chat_delay: v.nullish(v.boolean()),
  non_moderator_chat_delay_duration: v.nullish(v.number()),
  slow_mode: v.nullish(v.boolean()),
  slow_mode_wait_time: v.nullish(v.number()),
  subscriber_mode: v.nullish(v.boolean()),
  unique_chat_mode: v.nullish(v.boolean()),
});

/** https://dev.twitch.tv/docs/api/reference#update-chat-settings */
export const patchChatSettings = defineEndpoint({
  method: "PATCH",
  path: "/chat/settings",
  tokens: "user",
  scopes: ["moderator:manage:chat_settings"],
  answer(call) {
    const { channel, moderator } = needModeratedChannel(call);
    const change = planChange(parseBody(ChangeBody, call.body));
    if (Object.keys(change).length > 0) changeChatSettings(call.world, channel, change);
    const shown = {
      ...toSettings(channel.owner.id, channel.settings),
      ...toPrivileged(moderator.id, channel.settings),
    };
    return answerData([shown]);
  },
});

/** Only what the body names changes; a duration needs its mode switched on in the same request. */
function planChange(body: v.InferOutput<typeof ChangeBody>): Partial<ChatSettings> {
  const slow = modeWithValue(
    "slow_mode",
    body.slow_mode,
    "slow_mode_wait_time",
    body.slow_mode_wait_time,
    SLOW_SECONDS,
  );
  const followers = modeWithValue(
    "follower_mode",
    body.follower_mode,
    "follower_mode_duration",
    body.follower_mode_duration,
    FOLLOWER_MINUTES,
  );
  return {
    ...(typeof body.emote_mode === "boolean" ? { emoteOnly: body.emote_mode } : {}),
    ...(typeof body.subscriber_mode === "boolean" ? { subscribersOnly: body.subscriber_mode } : {}),
    ...(typeof body.unique_chat_mode === "boolean" ? { uniqueChat: body.unique_chat_mode } : {}),
    ...(slow.is === "unchanged" ? {} : { slowSeconds: slow.is === "on" ? slow.value : 0 }),
    ...(followers.is === "unchanged"
      ? {}
      : { followersOnlyMinutes: followers.is === "on" ? followers.value : undefined }),
    ...planDelay(body.non_moderator_chat_delay, body.non_moderator_chat_delay_duration),
  };
}

type ModeChange = { readonly is: "unchanged" | "off" } | { readonly is: "on"; readonly value: number };

function modeWithValue(
  modeName: string,
  mode: boolean | null | undefined,
  valueName: string,
  value: number | null | undefined,
  range: { readonly least: number; readonly most: number; readonly usual: number },
): ModeChange {
  if (mode === false) return { is: "off" };
  if (typeof mode !== "boolean") {
    if (typeof value !== "number") return { is: "unchanged" };
    throw new HelixRefusal(400, `${modeName} must be set to true to update ${valueName}.`);
  }
  const wanted = value ?? range.usual;
  if (!Number.isInteger(wanted) || wanted < range.least || wanted > range.most) {
    throw new HelixRefusal(
      400,
      `The value in ${valueName} must be in the range ${range.least} through ${range.most}.`,
    );
  }
  return { is: "on", value: wanted };
}

function planDelay(
  mode: boolean | null | undefined,
  seconds: number | null | undefined,
): Partial<ChatSettings> {
  if (typeof mode !== "boolean") return {};
  if (!mode) return { nonModeratorDelaySeconds: 0 };
  if (typeof seconds !== "number" || !DELAY_SECONDS_ALLOWED.includes(seconds)) {
    throw new HelixRefusal(
      400,
      "If non_moderator_chat_delay is true, the non_moderator_chat_delay_duration field must be set to a valid value.",
    );
  }
  return { nonModeratorDelaySeconds: seconds };
}

function toSettings(broadcasterId: string, settings: ChatSettings): object {
  return {
    broadcaster_id: broadcasterId,
    emote_mode: settings.emoteOnly,
    follower_mode: settings.followersOnlyMinutes !== undefined,
    follower_mode_duration: settings.followersOnlyMinutes ?? null,
    slow_mode: settings.slowSeconds > 0,
    slow_mode_wait_time: settings.slowSeconds > 0 ? settings.slowSeconds : null,
    subscriber_mode: settings.subscribersOnly,
    unique_chat_mode: settings.uniqueChat,
  };
}

function toPrivileged(moderatorId: string, { nonModeratorDelaySeconds = 0 }: ChatSettings): object {
  const isDelayed = nonModeratorDelaySeconds > 0;
  return {
    moderator_id: moderatorId,
    non_moderator_chat_delay: isDelayed,
    non_moderator_chat_delay_duration: isDelayed ? nonModeratorDelaySeconds : null,
  };
}
