/**
 * The events of a transcript: `event channel.cheer user=carol bits=100 door=irc id=e1`. What a line does not say is as
 * in twitch-events.ts. People are their logins, `user=nobody` is anonymous, `_` is a space, and
 * `choices=Yes:3,No:5` (`outcomes=…`) are titles with votes.
 */
import * as v from "valibot";
import { UserId } from "../../shared/ids.ts";
import type { ChannelEventBody } from "../../shared/twitch/channel-event.ts";
import { parseEvent } from "../../shared/twitch/parse-event.ts";
import { isTopic } from "../../shared/twitch/topics.ts";
import type { Door } from "../../worker/signal.ts";
import { twitchEvents } from "./twitch-events.ts";

export interface EventLine {
  readonly id: string;
  readonly door: Door;
  readonly body: ChannelEventBody;
}

/** Short words for long names. */
const MEANS: Readonly<Record<string, string>> = { type: "streamType", category: "categoryName" };

export function parseEventLine(text: string, freshId: string, channel: string): EventLine {
  const [topic = "", ...pairs] = text.split(" ");
  if (!isTopic(topic)) throw new Error(`no event named "${topic}"`);
  const parsed = parseEvent(topic, twitchEvents[topic]);
  if (parsed.is !== "event") throw new Error(parsed.problem);
  const body: Record<string, unknown> = {
    ...parsed.body,
    broadcasterLogin: channel,
    broadcasterName: "Streamer",
  };
  let id = freshId;
  let door: Door = "eventsub";
  for (const pair of pairs) {
    const [name = "", value = ""] = pair.split(/=(.*)/s, 2);
    if (name === "id") id = value;
    else if (name === "door") door = value as Door;
    else set(body, MEANS[name] ?? name, value);
  }
  return { id, door, body: body as ChannelEventBody };
}

function set(body: Record<string, unknown>, name: string, value: string): void {
  const before = body[name];
  if (value === "nobody") delete body[name];
  else if (name === "reward") body.reward = { ...(before as object), title: toText(value) };
  else if (Array.isArray(before)) body[name] = value.split(",").map(toChoice);
  else if (typeof before === "object") body[name] = toPerson(value);
  else if (typeof before === "number") body[name] = Number(value);
  else if (typeof before === "boolean") body[name] = value === "true";
  else body[name] = toText(value);
}

const toText = (value: string): string => value.replaceAll("_", " ");

function toChoice(text: string, index: number) {
  const [title = "", votes] = text.split(":");
  const count = votes === undefined ? {} : { votes: Number(votes), users: Number(votes) };
  return { id: `${index + 1}`, title: toText(title), ...count };
}

/** Any number will do, as long as each login has its own. */
export function userIdOf(login: string): UserId {
  const digits = [...login].map((letter) => letter.charCodeAt(0)).join("");
  return v.parse(UserId, digits.slice(0, 20));
}

const toPerson = (login: string) => ({
  id: userIdOf(login.toLowerCase()),
  login: login.toLowerCase(),
  name: login,
});
