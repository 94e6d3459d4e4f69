/** The channel's chat by the door that was chosen, and the voice that goes with it. */
import type { ChatChoice } from "../shared/chat-choice.ts";
import type { Clock, Millis } from "../shared/clock.ts";
import type { ChannelId } from "../shared/ids.ts";
import type { HubEvent } from "../shared/ipc/hub-worker.ts";
import type { WorkerPapers } from "../shared/ipc/papers.ts";
import type { Logger } from "../shared/log.ts";
import type { HubDesk, Welcome } from "./hub-desk.ts";
import type { ChatDoor } from "./interfaces/chat-door.ts";
import { startEventSubChat } from "./interfaces/eventsub-chat.ts";
import { makeHelixVoice, speakingBy } from "./outputs/chat/helix-voice.ts";
import type { VoiceListener } from "./outputs/chat/voice.ts";
import type { PermitDesk } from "./permits/permit-desk.ts";
import type { ChatMessage, EventSignal } from "./signal.ts";
import type { ConditionTeller } from "./tell-condition.ts";

export interface OpenedChat extends ChatDoor {
  /** The line of chat that an event brings. */
  hear(event: HubEvent, now: { readonly arrivedAt: Millis; readonly wall: Millis }): ChatMessage | undefined;
  /** The hub came, went, or told how chat stands. */
  look(): void;
}

type IrcModule = typeof import("./interfaces/twitch-chat/open-irc-chat.ts");
export type ChatLoader = () => Promise<IrcModule>;

/** Begins to load what chat over IRC takes, and nothing for others. At the start: a bundle that is replaced later may lack it. */
export function loadChat(choice: ChatChoice): ChatLoader {
  const load = () => import("./interfaces/twitch-chat/open-irc-chat.ts");
  if (choice.transport !== "irc") return load;
  const loading = load();
  return () => loading;
}

export async function openChat(using: {
  readonly load: ChatLoader;
  readonly papers: Pick<WorkerPapers, "chat" | "chatUrl" | "channel" | "eventsub">;
  readonly channelId: ChannelId;
  readonly channelName: string;
  readonly bot: Welcome["bot"];
  readonly hub: HubDesk;
  readonly permits: PermitDesk;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Logger;
  readonly voice: VoiceListener;
  readonly tell: ConditionTeller;
  readonly bringIn: (message: ChatMessage) => void;
  readonly bringInEvent: (signal: EventSignal) => void;
  readonly onJoined: () => void;
  readonly onTrouble: (code: string, detail: string) => void;
}): Promise<OpenedChat> {
  const { papers, bot, hub, tell, voice, log } = using;
  const { transport, send } = papers.chat;
  const isByHelix = transport === "eventsub" || speaksByHelix(send, bot);
  log.info({ transport, send: isByHelix ? "helix" : "irc" }, "chat");
  if (transport === "eventsub")
    return startEventSubChat({
      ...using,
      botId: bot.userId,
      lastStanding: bot.lastStanding,
      onWait: tell.chatWaits,
    });
  const { openIrcChat } = await using.load();
  const door = openIrcChat({
    ...using,
    url: papers.chatUrl,
    channel: papers.channel,
    botId: bot.userId,
    inTurn: tell.inTurn,
    speaksHttp: papers.eventsub.from === "direct" ? "speaks-http" : undefined,
    voice: isByHelix ? speakingBy(makeHelixVoice(hub, voice), voice) : voice,
    onRest: tell.chatRests,
  });
  return { ...door, hear: () => undefined, look() {} };
}

/** Pure. */
export const speaksByHelix = (
  send: ChatChoice["send"],
  bot: Pick<Welcome["bot"], "maySayByHelix">,
): boolean => send === "helix" || (send === "auto" && bot.maySayByHelix === true);
