/** What was said in the channel, in its chat.log, in the order it was heard and said. All of it is strangers' text: the bot repeats what it was told, too. */
import type { Logger } from "../shared/log.ts";
import type { ChatMessage } from "./signal.ts";

export interface ChatLog {
  heard(message: ChatMessage): void;
  /** When it leaves for Twitch; what Twitch made of it stands in commands.log. */
  said(text: string): void;
}

/** `log` is a silent one where nothing of chat is to be kept. */
export function makeChatLog(log: Logger): ChatLog {
  return {
    heard({ id, rank, user, text }) {
      log.info({ signal: id, rank, untrusted: { user: user.login, text } }, "heard");
    },
    said(text) {
      log.info({ untrusted: { text } }, "said");
    },
  };
}
