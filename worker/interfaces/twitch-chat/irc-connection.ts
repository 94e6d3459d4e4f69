/**
 * One ChatClient for one connection: it dials once, and when that ends it is thrown away. What Twitch says is told
 * to the listener as it comes; how the connection ended, and whether there will be another, is the watch's business.
 */
import { ChatClient, Reconnect, RoomState, UserState } from "@twurple/chat";
import type { Logger } from "../../../shared/log.ts";
import type { ChatAddress } from "./chat-address.ts";
import type { Tags } from "./chat-line.ts";
import type { ChatToken } from "./chat-tokens.ts";
import { guardLines } from "./line-guard.ts";
import { makeOneDial } from "./one-dial.ts";
import { tokenProvider } from "./token-provider.ts";
import type { UserNoticeLine } from "./user-notice-line.ts";

export interface IrcConnection {
  /** Resolves when Twitch has accepted the login; never when the connection ends before. */
  readonly loggedIn: Promise<{ readonly is: "logged-in" }>;
  join(): Promise<Joined>;
  /** `nonce` comes back with the echo. */
  say(text: string, nonce: string): "written" | "closed";
  readonly ended: Promise<IrcEnd>;
  quit(): void;
}

export type Joined =
  | { readonly is: "joined" | "unanswered" }
  | { readonly is: "refused"; readonly code: string };
export type IrcEnd =
  | { readonly is: "quit" }
  | { readonly is: "lost"; readonly reason: string }
  | { readonly is: "login-refused"; readonly notice: string };

export interface IrcListener {
  line(line: { readonly login: string; readonly text: string; readonly tags: Tags }): void;
  /** What Twitch tells of a user in the channel: they subscribed, gave, raid. */
  userNotice(line: UserNoticeLine): void;
  userState(tags: Tags): void;
  roomState(tags: Tags): void;
  /** A NOTICE with a msg-id. */
  notice(code: string): void;
  askedToReconnect(): void;
}

const HANDSHAKE_WITHIN_MS = 10_000;
/** Twitch's lines have at most a few kilobytes, and it sends several in one frame. */
const FRAME_BYTES_MAX = 256 * 1024;
/** msg-ids that answer a JOIN with no. */
const CHANNEL_IS_GONE = ["msg_banned", "msg_channel_suspended", "tos_ban", "msg_room_not_found"];

export function openIrcConnection(using: {
  readonly address: ChatAddress;
  readonly channel: string;
  readonly token: ChatToken;
  readonly wall: () => number;
  readonly log: Logger;
  readonly listener: IrcListener;
}): IrcConnection {
  const { address, channel, listener, log } = using;
  let isOver = false;
  let isLoggedIn = false;
  const ended = Promise.withResolvers<IrcEnd>();
  const loggedIn = Promise.withResolvers<{ readonly is: "logged-in" }>();

  const client = new ChatClient({
    ...address,
    authProvider: tokenProvider(using.token, using.wall),
    isAlwaysMod: true,
    rejoinChannelsOnReconnect: false,
    connectionOptions: {
      wsOptions: {
        handshakeTimeout: HANDSHAKE_WITHIN_MS,
        perMessageDeflate: false,
        maxPayload: FRAME_BYTES_MAX,
        createConnection: makeOneDial(address.ssl) as typeof import("node:net").createConnection,
      },
    },
    // Finer levels would write the password into the log.
    logger: { minLevel: "warning", custom: (_level, message) => log.debug({ twurple: message }, "twurple") },
  });

  guardLines(client.irc, log, listener.userNotice);

  const finish = (end: IrcEnd) => {
    if (!isOver) {
      isOver = true;
      ended.resolve(end);
    }
    // In the next tick: quitting inside twurple's own handler would not keep it from dialling again.
    process.nextTick(() => client.quit());
  };
  client.onDisconnect((_isOurs, reason) =>
    finish({ is: "lost", reason: reason?.message ?? "no reason given" }),
  );
  client.onTokenFetchFailure((problem) => finish({ is: "lost", reason: problem.message }));
  client.onAuthenticationSuccess(() => {
    isLoggedIn = true;
    loggedIn.resolve({ is: "logged-in" });
  });
  client.irc.onNotice((_target, _from, text, message) => {
    const code = message.tags.get("msg-id");
    if (code) listener.notice(code);
    // Before the login there is only one thing to say no to; Twitch's wording has changed over time.
    else if (!isLoggedIn) finish({ is: "login-refused", notice: text });
  });
  client.onMessage((_channel, login, text, { tags }) => listener.line({ login, text, tags }));
  client.onAction((_channel, login, text, { tags }) => listener.line({ login, text, tags }));
  client.irc.onTypedMessage(UserState, ({ tags }) => listener.userState(tags));
  client.irc.onTypedMessage(RoomState, ({ tags }) => listener.roomState(tags));
  client.irc.onTypedMessage(Reconnect, () => listener.askedToReconnect());
  client.connect();

  return {
    loggedIn: loggedIn.promise,
    ended: ended.promise,
    async join() {
      if (isOver) return { is: "unanswered" };
      try {
        await client.join(channel);
        return { is: "joined" };
      } catch (problem) {
        // twurple rejects with NOTICE's msg-id as a bare string, or with an Error when nobody answered.
        return typeof problem === "string" && CHANNEL_IS_GONE.includes(problem)
          ? { is: "refused", code: problem }
          : { is: "unanswered" };
      }
    },
    say(text, nonce) {
      if (isOver || !client.isConnected) return "closed";
      // Past twurple's own queue: it loses what waits in it at a disconnect, and never says so.
      client.irc.say(`#${channel}`, text, { "client-nonce": nonce });
      return "written";
    },
    quit: () => finish({ is: "quit" }),
  };
}
