/**
 * Twitch chat over IRC: one connection after the other, each watched. Modes, changed and logged at `setMode` only:
 *
 *   asking-token → connecting → joining → joined → resting → asking-token …      stopped, from anywhere
 *
 * Every end is followed by a rest (chat-patience.ts); nothing here, nor in twurple below it (one-dial.ts), dials
 * without one. When Twitch asks for a new connection the old one goes on until the new one has joined: what both
 * bring is recognised by its id.
 */
import type { Clock, Millis } from "../../shared/clock.ts";
import type { Login, UserId } from "../../shared/ids.ts";
import type { Logger } from "../../shared/log.ts";
import { meansNotSent } from "../outputs/chat/not-sent-codes.ts";
import type { VoiceListener } from "../outputs/chat/voice.ts";
import type { ChatMessage, EventSignal } from "../signal.ts";
import type { ChatDoor } from "./chat-door.ts";
import { type AttemptStep, attemptChat } from "./twitch-chat/attempt-chat.ts";
import { toChatAddress } from "./twitch-chat/chat-address.ts";
import { parseChatLine, toStanding } from "./twitch-chat/chat-line.ts";
import { type Fall, freshPatience, planRest } from "./twitch-chat/chat-patience.ts";
import type { ChatTokens } from "./twitch-chat/chat-tokens.ts";
import type { IrcConnection, IrcListener } from "./twitch-chat/irc-connection.ts";
import type { AskLoginPermit } from "./twitch-chat/login-permits.ts";
import { makePauses } from "./twitch-chat/pauses.ts";
import { makeToldOnIrc, type ToldOnIrc } from "./twitch-chat/told-on-irc.ts";

export type ChatMode = AttemptStep | "joined" | "resting" | "stopped";

interface TwitchChatParts {
  readonly url: string;
  readonly channel: Login;
  readonly channelName: string;
  readonly botId: UserId;
  readonly tokens: ChatTokens;
  readonly askPermit: AskLoginPermit;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Logger;
  readonly voice: VoiceListener;
  readonly bringIn: (message: ChatMessage) => void;
  /** What chat tells of subscriptions, gifts, cheers and raids. */
  readonly bringInEvent: (signal: EventSignal) => void;
  readonly onJoined: () => void;
  readonly onTrouble: (code: string, detail: string) => void;
  /** Why there is no connection, and when the next one is tried. */
  readonly onRest?: (fall: Fall, forMs: Millis) => void;
}

export function startTwitchChat(using: TwitchChatParts): ChatDoor {
  const { clock, log, voice } = using;
  const address = toChatAddress(using.url);
  const pauses = makePauses(clock);
  const told = makeToldOnIrc(
    { broadcasterLogin: using.channel, broadcasterName: using.channelName },
    using.log,
  );
  let mode: ChatMode = "resting";
  let isListening = true;
  /** The one that speaks. While a new one is on its way, still the old one. */
  let current: IrcConnection | undefined;
  /** Resolves when the bot's account is good again, and is another one from then on. */
  let reauth = Promise.withResolvers<void>();

  const setMode = (to: ChatMode, because?: string) => {
    if (mode === "stopped") return;
    log.info({ from: mode, to, because }, "chat mode");
    mode = to;
  };

  /** Resolves when the connection is lost, or when Twitch wants it replaced. */
  const stand = async (connection: IrcConnection, asked: Promise<Fall>): Promise<Fall> => {
    const joinedAt = clock.now();
    const before = current;
    current = connection;
    setMode("joined");
    voice.opened(connection);
    before?.quit();
    using.onJoined();
    const lost = connection.ended.then((end): Fall => {
      if (current === connection) {
        current = undefined;
        voice.closed();
      }
      const reason = end.is === "lost" ? end.reason : end.is;
      return { is: "lost", stoodMs: clock.now() - joinedAt, reason };
    });
    return Promise.race([lost, asked]);
  };

  const live = async () => {
    let patience = freshPatience;
    /** The fingerprint of the token that Twitch refused last, until it takes one. */
    let rejected: string | undefined;
    while (!pauses.isStopped()) {
      const asked = Promise.withResolvers<Fall>();
      // From before the attempt: what is told while it fails counts.
      const reauthOver = reauth.promise;
      const attempt = await attemptChat({
        ...using,
        address,
        rejected,
        pauses,
        wall: clock.wall,
        listener: listen(using, told, {
          isListening: () => isListening,
          onReconnectAsked: () => asked.resolve({ is: "asked-to-reconnect" }),
        }),
        onStep: (step) => setMode(step),
      });
      const fall = attempt.is === "joined" ? await stand(attempt.connection, asked.promise) : attempt.fall;
      const rest = planRest(patience, fall, using.random());
      patience = rest.patience;
      if (attempt.is === "joined") rejected = undefined;
      if (fall.is === "login-refused") rejected = fall.rejected;
      setMode("resting", `${describeFall(fall)}; for ${rest.restMs} ms`);
      if (!pauses.isStopped()) {
        using.onRest?.(fall, rest.restMs);
        report(fall, using);
      }
      await pauses.within(rest.restMs, fall.is === "needs-reauth" ? [reauthOver] : []);
    }
  };
  void live();

  return {
    isOpen: () => current !== undefined,
    reauthOver() {
      reauth.resolve();
      reauth = Promise.withResolvers();
    },
    stopListening() {
      isListening = false;
    },
    stop() {
      setMode("stopped", "asked to stop");
      pauses.stop();
      current?.quit();
    },
  };
}

/** What one connection tells, in our words. */
function listen(
  { clock, botId, voice, bringIn, bringInEvent }: TwitchChatParts,
  told: ToldOnIrc,
  to: { readonly isListening: () => boolean; readonly onReconnectAsked: () => void },
): IrcListener {
  let isGreeted = false;
  const now = () => ({ arrivedAt: clock.now(), wall: clock.wall() });
  return {
    line(line) {
      const message = parseChatLine(line, { botId, ...now() });
      if (!message || !to.isListening()) return;
      bringIn(message);
      for (const signal of told.fromMessage(message, line.tags)) bringInEvent(signal);
    },
    userNotice(line) {
      if (!to.isListening()) return;
      for (const signal of told.fromNotice(line, now())) bringInEvent(signal);
    },
    userState(tags) {
      voice.standing(toStanding(tags));
      // The first one greets us in the channel, each later one confirms a message.
      if (isGreeted) voice.echoed(tags.get("client-nonce") || undefined);
      isGreeted = true;
    },
    roomState(tags) {
      const seconds = Number(tags.get("slow"));
      if (tags.has("slow") && Number.isFinite(seconds)) voice.slowMode(seconds * 1_000);
    },
    notice(code) {
      // Before the greeting it is an answer to the join.
      if (isGreeted && meansNotSent(code)) voice.refused(code);
    },
    askedToReconnect: to.onReconnectAsked,
  };
}

function describeFall(fall: Fall): string {
  switch (fall.is) {
    case "lost":
      return `lost after ${Math.round(fall.stoodMs)} ms: ${fall.reason}`;
    case "not-connected":
      return `not connected: ${fall.reason}`;
    case "login-refused":
      return `login refused: ${fall.notice}`;
    case "join-refused":
      return `join refused: ${fall.code}`;
    case "no-token":
    case "needs-reauth":
    case "too-many-channels":
      return `${fall.is}: ${fall.detail}`;
    case "asked-to-reconnect":
      return "Twitch asks for a new connection";
  }
}

/** What the operator should see in `status`; a connection asked for by Twitch is no trouble. */
function report(fall: Fall, { log, onTrouble }: TwitchChatParts): void {
  if (fall.is === "asked-to-reconnect") return;
  const detail = describeFall(fall);
  log.warn({ because: detail }, "no chat");
  onTrouble(`chat-${fall.is}`, detail);
}
