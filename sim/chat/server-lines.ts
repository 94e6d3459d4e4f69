/** The lines the server says to one client about that client: login, joins, states, notices. */
import type { Channel, User } from "../world/world.ts";
import { EMOTE_SETS, isVip, toStateTags } from "./chatter-tags.ts";
import { SERVER_NAME, type ServerLine } from "./irc-line.ts";
import { type Notice, toRoomTags } from "./notices.ts";

export const toChannelName = (channel: Channel) => `#${channel.owner.login}`;
export const toMask = (login: string) => `${login}!${login}@${login}.${SERVER_NAME}`;

/** Names per 353 line: well within what any client reads in one line. */
const NAMES_PER_LINE = 50;

export function toWelcome(login: string): readonly ServerLine[] {
  const numeric = (command: string, trailing: string): ServerLine => ({
    prefix: SERVER_NAME,
    command,
    params: [login],
    trailing,
  });
  return [
    numeric("001", "Welcome, GLHF!"),
    numeric("002", `Your host is ${SERVER_NAME}`),
    numeric("003", "This server is rather new"),
    numeric("004", "-"),
    numeric("375", "-"),
    numeric("372", "You are in a maze of twisty passages, all alike."),
    numeric("376", ">"),
  ];
}

export function toGlobalUserState(user: User): ServerLine {
  return {
    needs: "commands",
    tags: {
      "badge-info": "",
      badges: "",
      color: user.color,
      "display-name": user.displayName,
      "emote-sets": EMOTE_SETS,
      "user-id": user.id,
      "user-type": "",
    },
    prefix: SERVER_NAME,
    command: "GLOBALUSERSTATE",
    params: [],
  };
}

/** `sent` is there when it answers a PRIVMSG: then it names the message. */
export function toUserState(
  channel: Channel,
  user: User,
  sent?: { readonly id: string; readonly nonce?: string | undefined },
): ServerLine {
  return {
    needs: "commands",
    tags: {
      ...toStateTags(channel, user),
      "emote-sets": EMOTE_SETS,
      ...(isVip(channel, user) && { vip: "1" }),
      ...(sent && { id: sent.id }),
      ...(sent?.nonce !== undefined && { "client-nonce": sent.nonce }),
    },
    prefix: SERVER_NAME,
    command: "USERSTATE",
    params: [toChannelName(channel)],
  };
}

export function toRoomState(channel: Channel, tags = toRoomTags(channel.settings)): ServerLine {
  return {
    needs: "commands",
    tags: { ...tags, "room-id": channel.owner.id },
    prefix: SERVER_NAME,
    command: "ROOMSTATE",
    params: [toChannelName(channel)],
  };
}

export function toNotice(channelName: string, notice: Notice): ServerLine {
  return {
    needs: "commands",
    tags: { "msg-id": notice.code },
    prefix: SERVER_NAME,
    command: "NOTICE",
    params: [channelName],
    trailing: notice.message,
  };
}

/** Refusing a login: said to every client, in no channel. */
export function toLoginNotice(text: string): ServerLine {
  return { prefix: SERVER_NAME, command: "NOTICE", params: ["*"], trailing: text };
}

export function toPresence(command: "JOIN" | "PART", login: string, channel: Channel): ServerLine {
  return { prefix: toMask(login), command, params: [toChannelName(channel)] };
}

export function toNames(login: string, channel: Channel, names: readonly string[]): readonly ServerLine[] {
  const lines: ServerLine[] = [];
  const prefix = `${login}.${SERVER_NAME}`;
  for (let from = 0; from < names.length; from += NAMES_PER_LINE) {
    lines.push({
      prefix,
      command: "353",
      params: [login, "=", toChannelName(channel)],
      trailing: names.slice(from, from + NAMES_PER_LINE).join(" "),
    });
  }
  lines.push({
    prefix,
    command: "366",
    params: [login, toChannelName(channel)],
    trailing: "End of /NAMES list",
  });
  return lines;
}

export const RECONNECT: ServerLine = {
  needs: "commands",
  prefix: SERVER_NAME,
  command: "RECONNECT",
  params: [],
};
export const PING: ServerLine = { command: "PING", params: [], trailing: SERVER_NAME };

/** Twitch names itself as a parameter, too, so the echoed text is the second one (tmi-rate-limits). */
export function toPong(asked: string | undefined): ServerLine {
  if (asked === undefined) return { command: "PONG", params: [], trailing: SERVER_NAME };
  return { prefix: SERVER_NAME, command: "PONG", params: [SERVER_NAME], trailing: asked };
}

export function toCap(answer: "LS" | "LIST" | "ACK" | "NAK", capabilities: string): ServerLine {
  return { prefix: SERVER_NAME, command: "CAP", params: ["*", answer], trailing: capabilities };
}

export function toUnknownCapCommand(command: string): ServerLine {
  return { prefix: SERVER_NAME, command: "410", params: ["*", command], trailing: "Invalid CAP command" };
}

export function toUnknownCommand(login: string, command: string): ServerLine {
  return { prefix: SERVER_NAME, command: "421", params: [login, command], trailing: "Unknown command" };
}
