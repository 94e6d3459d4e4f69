/** Which rules hold for a channel's logs: its own stand above the house's. Pure. */
import type { Config } from "./config.ts";
import type { Login } from "./ids.ts";

export type LogRules = Pick<Config["log"], "chat" | "keep_days" | "keep_chat_days">;

/** Without a channel, the house's. */
export function logRulesFor({ log, twitch }: Config, channel: Login | undefined): LogRules {
  const own = channel === undefined ? undefined : twitch.channelLogs.get(channel);
  return {
    chat: own?.chat ?? log.chat,
    keep_days: own?.keep_days ?? log.keep_days,
    keep_chat_days: own?.keep_chat_days ?? log.keep_chat_days,
  };
}

export const isChatKept = ({ chat, keep_chat_days }: LogRules): boolean =>
  chat === "on" && keep_chat_days > 0;

export const keepsChat = (config: Config, channel: Login): boolean =>
  isChatKept(logRulesFor(config, channel));
