/** What a fall shows of why there is no chat: who keeps it waiting, and who can do something. Pure. */
import type { Millis } from "../../../shared/clock.ts";
import type { Wait } from "../../../shared/ipc/supervisor-child.ts";
import type { Fall } from "./chat-patience.ts";

/** undefined when nobody said anything: then it may as well be us who are broken. */
export function toChatWait(fall: Fall, forMs: Millis): Wait | undefined {
  const because = toReason(fall);
  return because && { stage: "chat", forMs, ...because };
}

function toReason(fall: Fall): Pick<Wait, "for" | "detail"> | undefined {
  switch (fall.is) {
    case "lost":
      return { for: "twitch", detail: `the connection to chat was lost: ${fall.reason}` };
    case "not-connected":
      return fall.isSilence ? undefined : { for: "twitch", detail: `no connection to chat: ${fall.reason}` };
    case "login-refused":
      return { for: "twitch", detail: `chat refuses the bot's login: ${fall.notice}` };
    case "join-refused":
      return { for: "twitch", detail: `chat does not let the bot in: ${fall.code}` };
    case "no-token":
      return { for: "hub", detail: `the hub has no token for chat: ${fall.detail}` };
    case "needs-reauth":
      return { for: "hub", detail: "the hub waits for new tokens of the bot" };
    case "too-many-channels":
      return { for: "operator", detail: fall.detail };
    case "asked-to-reconnect":
      return undefined;
  }
}
