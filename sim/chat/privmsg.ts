/** A line typed into a channel over IRC: plain text, an action, a reply, or one of the commands Twitch took away. */
import type { Channel, User, World } from "../world/world.ts";
import type { IrcLine, ServerLine } from "./irc-line.ts";
import { commandUnknown, type Notice } from "./notices.ts";
import { chargeMessage, sendChat } from "./send-chat.ts";
import { toChannelName, toNotice, toUserState } from "./server-lines.ts";

export type Typed =
  | { readonly is: "text"; readonly text: string; readonly isAction: boolean }
  | { readonly is: "disconnect" }
  | { readonly is: "usage" }
  | { readonly is: "unknown-command"; readonly command: string };

const CTCP = "\u0001";
const ACTION_START = `${CTCP}ACTION `;
/** Twitch took `.` for `/` from the beginning, because IRC clients keep `/` for themselves. */
const COMMAND = /^([/.][a-z]+)(?: +(.*))?$/isu;

const USAGE_ME: Notice = {
  code: "usage_me",
  message: "Usage: “/me <message>” - Express an action in the third-person.",
};

export function parseTyped(raw: string): Typed {
  if (raw.startsWith(ACTION_START)) {
    return { is: "text", text: raw.slice(ACTION_START.length).replaceAll(CTCP, ""), isAction: true };
  }
  const text = raw.replaceAll(CTCP, "");
  const [, command, rest = ""] = COMMAND.exec(text) ?? [];
  if (command === undefined) return { is: "text", text, isAction: false };
  const word = command.slice(1).toLowerCase();
  if (word === "disconnect") return { is: "disconnect" };
  if (word !== "me") return { is: "unknown-command", command };
  return rest.trim() === "" ? { is: "usage" } : { is: "text", text: rest, isAction: true };
}

export type Said =
  | { readonly is: "answered"; readonly lines: readonly ServerLine[] }
  | { readonly is: "hang-up" };

/** What the sender gets to hear; everybody else hears the happening. */
export function sayInChannel(world: World, channel: Channel, sender: User, line: IrcLine): Said {
  const typed = parseTyped(line.params[1] ?? "");
  if (typed.is === "text") return { is: "answered", lines: sayText(world, channel, sender, line, typed) };
  // Commands cost as messages do.
  if (!chargeMessage(world, channel, sender)) return { is: "answered", lines: [] };
  if (typed.is === "disconnect") return { is: "hang-up" };
  const notice = typed.is === "usage" ? USAGE_ME : commandUnknown(typed.command);
  return { is: "answered", lines: [toNotice(toChannelName(channel), notice)] };
}

function sayText(
  world: World,
  channel: Channel,
  sender: User,
  { tags }: IrcLine,
  { text, isAction }: Extract<Typed, { is: "text" }>,
): readonly ServerLine[] {
  const nonce = tags.get("client-nonce");
  const outcome = sendChat(world, {
    channel,
    sender,
    text,
    isAction,
    via: "irc",
    hasAppToken: false,
    replyToId: tags.get("reply-parent-msg-id") || undefined,
    nonce,
  });
  if (outcome.is === "sent") return [toUserState(channel, sender, { id: outcome.line.id, nonce })];
  return outcome.isSilent ? [] : [toNotice(toChannelName(channel), outcome)];
}
