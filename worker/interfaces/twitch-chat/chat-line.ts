/** Pure: IRC tags, as Twitch sends them, → our words. What lacks its tags is no line of chat. */
import * as v from "valibot";
import type { Millis } from "../../../shared/clock.ts";
import { ChannelId, Login, UserId } from "../../../shared/ids.ts";
import type { Standing } from "../../outputs/chat/voice.ts";
import type { ChatMessage, Rank } from "../../signal.ts";
import { namesOf, rankOf, standingOf } from "../badges.ts";

export type Tags = ReadonlyMap<string, string>;

const Line = v.object({
  id: v.pipe(v.string(), v.minLength(1), v.maxLength(100)),
  channelId: ChannelId,
  userId: UserId,
  login: Login,
});
const DISPLAY_NAME_MAX = 50;

export function parseChatLine(
  line: { readonly login: string; readonly text: string; readonly tags: Tags },
  using: { readonly botId: UserId; readonly arrivedAt: Millis; readonly wall: Millis },
): ChatMessage | undefined {
  const { tags } = line;
  const parsed = v.safeParse(Line, {
    id: tags.get("id"),
    channelId: tags.get("room-id"),
    userId: tags.get("user-id"),
    login: line.login,
  });
  if (!parsed.success) return undefined;
  const { id, channelId, userId, login } = parsed.output;
  const sentAt = Number(tags.get("tmi-sent-ts"));
  const sourceRoom = tags.get("source-room-id");
  return {
    kind: "chat-message",
    id,
    channelId,
    at: Number.isFinite(sentAt) && sentAt > 0 ? sentAt : using.wall,
    arrivedAt: using.arrivedAt,
    text: line.text,
    user: { id: userId, login, displayName: (tags.get("display-name") || login).slice(0, DISPLAY_NAME_MAX) },
    rank: toRank(tags),
    isOwnVoice: userId === using.botId,
    isFromSharedChat: sourceRoom !== undefined && sourceRoom !== "" && sourceRoom !== channelId,
  };
}

/** "moderator/1,subscriber/12" → the names of the badges. */
const badgesOf = (tags: Tags): ReadonlySet<string> => namesOf((tags.get("badges") ?? "").split(","));

export function toRank(tags: Tags): Rank {
  const badges = badgesOf(tags);
  return rankOf(standingIn(tags, badges), badges);
}

/** What the bot itself is, from its USERSTATE. */
export const toStanding = (tags: Tags): Standing => standingIn(tags, badgesOf(tags));

/** `mod=1` is said for every kind of moderator. */
function standingIn(tags: Tags, badges: ReadonlySet<string>): Standing {
  const worn = standingOf(badges);
  if (worn === "broadcaster" || worn === "moderator" || tags.get("mod") === "1")
    return worn === "broadcaster" ? worn : "moderator";
  return tags.get("vip") === "1" ? "vip" : worn;
}
