/** The demo's two chats as one transcript: time, channel, who, what. Pure. */
import type { Millis } from "../../shared/clock.ts";
import type { Paint, Style } from "../paint.ts";
import { safeText } from "../safe-text.ts";
import { type FeedLine, toChatLine } from "../trial/sim-feed.ts";

export interface Transcript {
  /** undefined for what nobody needs to see. */
  renderFeedLine(line: FeedLine, reply: { readonly afterMs: Millis } | undefined): string | undefined;
  /** Something that happened to the house itself. */
  renderHouse(channel: string, at: Date, text: string): string;
}

const CHANNEL_STYLES: readonly Style[] = ["cyan", "magenta", "yellow", "blue"];

export function makeTranscript(using: {
  readonly channels: readonly string[];
  readonly botLogin: string;
  readonly paint: Paint;
}): Transcript {
  const { channels, botLogin, paint } = using;
  const wide = Math.max(...channels.map((channel) => channel.length)) + 1;
  const start = (at: Date, channel: string) => {
    const style = CHANNEL_STYLES[channels.indexOf(channel) % CHANNEL_STYLES.length] ?? "white";
    return `${paint("dim", formatClock(at))}  ${paint(style, `#${safeText(channel)}`.padEnd(wide))}  `;
  };
  return {
    renderFeedLine(line, reply) {
      const channel = line.channel ?? "";
      const at = new Date(line.atMs);
      const chat = toChatLine(line);
      if (!chat) {
        const what = describeHappening(line);
        return what === undefined ? undefined : start(at, channel) + paint("green", `* ${what}`);
      }
      if (chat.user !== botLogin)
        return `${start(at, channel)}${safeText(chat.user)}: ${safeText(chat.text)}`;
      const after = reply === undefined ? "" : paint("dim", `  (${reply.afterMs} ms)`);
      return start(at, channel) + paint("bold", `> ${safeText(chat.user)}: ${safeText(chat.text)}`) + after;
    },
    renderHouse: (channel, at, text) => start(at, channel) + paint("red", `! ${text}`),
  };
}

function formatClock(at: Date): string {
  const two = (value: number) => String(value).padStart(2, "0");
  return `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
}

/** Cheers come as a chat line as well, and settings and rights are no news for a spectator. */
function describeHappening(line: FeedLine): string | undefined {
  const say = (key: string) => safeText(String(line[key] ?? ""));
  switch (line.kind) {
    case "stream-online":
      return `live: "${say("title")}" (${say("game")})`;
    case "stream-offline":
      return "offline";
    case "channel-updated":
      return `now: "${say("title")}" (${say("game")})`;
    case "followed":
      return `${say("user")} follows`;
    case "subscribed":
      return `${say("user")} subscribes`;
    case "gifted":
      return `${say("user")} gives subscriptions to ${say("to")}`;
    case "raided":
      return `raided by ${say("from")} with ${say("viewers")} viewers`;
    case "problem":
      return `the simulator reports: ${say("sentence")}`;
    case "missed":
      return `${say("count")} lines were missed: this terminal is too slow`;
    default:
      return undefined;
  }
}
