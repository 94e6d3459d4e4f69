/** The one way a line gets into a channel's chat, from IRC and Helix alike: judged, kept, announced. */
import { CHANNEL_LINES_KEPT, type Channel, type ChatLine, type User, type World } from "../world/world.ts";
import { countOverLimit, getChatAccount } from "./chat-accounts.ts";
import { isEmotesOnly } from "./emotes.ts";
import { NOTHING_TO_SAY, type Notice, PARENT_UNKNOWN, TOO_FAST, TOO_LONG } from "./notices.ts";
import {
  judgeMessage,
  MESSAGE_CHARACTERS_MAX,
  type MessageFacts,
  stepBudget,
  toNormalText,
} from "./rules.ts";
import { isPrivileged, toStanding } from "./standing.ts";

export interface ChatAttempt {
  readonly channel: Channel;
  readonly sender: User;
  readonly text: string;
  readonly via: "irc" | "helix";
  /** Helix with an app token: Twitch then shows the bot badge, except in the bot's own channel. */
  readonly hasAppToken: boolean;
  readonly replyToId?: string | undefined;
  readonly isAction?: boolean | undefined;
  readonly bits?: number | undefined;
  readonly customRewardId?: string | undefined;
  readonly nonce?: string | undefined;
}

export type ChatOutcome =
  | { readonly is: "sent"; readonly line: ChatLine }
  | {
      readonly is: "dropped";
      /** A NOTICE msg-id, or msg_empty and msg_too_long, which only Helix ever tells. */
      readonly code: string;
      readonly message: string;
      /** IRC says nothing about it: over the message limit, or nothing to say. */
      readonly isSilent: boolean;
    };

export function sendChat(world: World, attempt: ChatAttempt): ChatOutcome {
  if (!chargeMessage(world, attempt.channel, attempt.sender)) return dropped(TOO_FAST, true);
  const text = toNormalText(attempt.text);
  if (text === "") return dropped(NOTHING_TO_SAY, true);
  if (attempt.via === "helix" && Array.from(text).length > MESSAGE_CHARACTERS_MAX)
    return dropped(TOO_LONG, true);
  const replyTo = attempt.channel.lines.find((line) => line.id === attempt.replyToId);
  if (attempt.replyToId !== undefined && !replyTo) return dropped(PARENT_UNKNOWN, false);
  const said = toSaidText(text, replyTo);
  const refusal = judgeMessage({ ...toFacts(world, attempt, said), isEmotesOnly: isEmotesOnly(text) });
  if (refusal) return dropped(refusal, false);
  const line = toLine(world, attempt, said, replyTo);
  keepLine(world, attempt.channel, line);
  world.happen({ kind: "chat-message", channel: attempt.channel, line });
  return { is: "sent", line };
}

/** Takes one message from the account's budget. False = ignored by Twitch, without a word. */
export function chargeMessage(world: World, channel: Channel, sender: User): boolean {
  const account = getChatAccount(world, sender.id);
  const step = stepBudget(account.sending, {
    now: world.clock.now(),
    isPrivileged: isPrivileged(toStanding(channel, sender.id)),
    isVerifiedBot: sender.isVerifiedBot,
  });
  account.sending = step.history;
  if (!step.isAllowed) countOverLimit(account, "messages");
  return step.isAllowed;
}

const dropped = (because: Notice, isSilent: boolean): ChatOutcome => ({
  is: "dropped",
  ...because,
  isSilent,
});

/** Twitch cuts what is too long and puts the name of whoever is answered in front (tmi-rate-limits; IRC replies). */
function toSaidText(text: string, replyTo: ChatLine | undefined): string {
  const cut = Array.from(text).slice(0, MESSAGE_CHARACTERS_MAX).join("").trimEnd();
  return replyTo ? `@${replyTo.user.displayName} ${cut}` : cut;
}

function toFacts(
  world: World,
  { channel, sender }: ChatAttempt,
  text: string,
): Omit<MessageFacts, "isEmotesOnly"> {
  const isBanned = channel.banned.has(sender.id);
  const until = channel.banned.get(sender.id);
  const banUntil =
    until === undefined ? ({ is: "for-good" } as const) : ({ is: "until", at: until } as const);
  return {
    now: world.clock.now(),
    text,
    standing: toStanding(channel, sender.id),
    channelLogin: channel.owner.login,
    channelName: channel.owner.displayName,
    settings: channel.settings,
    ban: isBanned ? banUntil : { is: "none" },
    followedAt: channel.followers.get(sender.id),
    last: getChatAccount(world, sender.id).lastLines.get(channel.owner.id),
    isRepeated: channel.settings.uniqueChat && channel.lines.some((line) => line.text === text),
  };
}

function toLine(world: World, attempt: ChatAttempt, text: string, replyTo: ChatLine | undefined): ChatLine {
  const { channel, sender, nonce } = attempt;
  return {
    id: world.random.uuid(),
    user: sender,
    text,
    at: world.clock.now(),
    isAction: attempt.isAction ?? false,
    bits: attempt.bits ?? 0,
    customRewardId: attempt.customRewardId,
    replyTo,
    hasBotBadge: attempt.via === "helix" && attempt.hasAppToken && channel.owner.id !== sender.id,
    isFirst: !getChatAccount(world, sender.id).lastLines.has(channel.owner.id),
    ...(nonce !== undefined && { nonce }),
  };
}

function keepLine(world: World, channel: Channel, line: ChatLine): void {
  channel.lines.push(line);
  while (channel.lines.length > CHANNEL_LINES_KEPT) channel.lines.shift();
  getChatAccount(world, line.user.id).lastLines.set(channel.owner.id, { at: line.at, text: line.text });
}
