/**
 * Scripted people speak by the same rules as anybody: rate limits, slow mode and bans hold for them too. Whoever
 * is unknown comes into being by speaking, and is in the chat from then on. A message with bits is a cheer.
 */
import { sendChat } from "../chat/send-chat.ts";
import { cheer } from "../world/operations.ts";
import type { Channel, ChatLine, User, World } from "../world/world.ts";
import type { Order } from "./order.ts";

export type Talk =
  | { readonly is: "sent"; readonly line: ChatLine }
  | { readonly is: "dropped"; readonly code: string; readonly because: string };

export function talk(world: World, order: Extract<Order, { do: "chat" }>): Talk {
  const channel = world.getChannel(order.channel);
  const replyTo = order.replyTo === undefined ? undefined : getLine(channel, order.replyTo);
  return say(world, channel, world.addUser({ login: order.user }), order.text, {
    replyToId: replyTo?.id,
    ...(order.bits === undefined ? {} : { bits: order.bits }),
  });
}

export function say(
  world: World,
  channel: Channel,
  user: User,
  text: string,
  more: {
    readonly replyToId?: string | undefined;
    readonly bits?: number;
    readonly customRewardId?: string;
  } = {},
): Talk {
  if (!channel.chatters.has(user.id)) channel.chatters.set(user.id, 1);
  const sent = sendChat(world, { channel, sender: user, text, via: "irc", hasAppToken: false, ...more });
  if (sent.is === "sent" && more.bits !== undefined) cheer(world, channel, user, more.bits, sent.line.text);
  return sent.is === "sent" ? sent : { is: "dropped", code: sent.code, because: sent.message };
}

export class UnknownLineError extends Error {
  constructor(channel: Channel, name: string) {
    super(
      `no message "${name}" among the last lines of ${channel.owner.login}; name a message id, a login, or "last"`,
    );
    this.name = "UnknownLineError";
  }
}

/** @throws UnknownLineError */
export function getLine(channel: Channel, name: string): ChatLine {
  const line =
    name === "last"
      ? channel.lines.at(-1)
      : (channel.lines.find((one) => one.id === name) ??
        channel.lines.findLast((one) => one.user.login === name.toLowerCase()));
  if (!line) throw new UnknownLineError(channel, name);
  return line;
}
