/** One try to get into the channel: token, permit to log in, connection, permit to join, join. Each step has its deadline. */
import type { Millis } from "../../../shared/clock.ts";
import type { Logger } from "../../../shared/log.ts";
import { tokenFingerprint } from "../../../shared/token-fingerprint.ts";
import type { ChatAddress } from "./chat-address.ts";
import type { Fall } from "./chat-patience.ts";
import type { ChatToken, ChatTokens } from "./chat-tokens.ts";
import { type IrcConnection, type IrcEnd, type IrcListener, openIrcConnection } from "./irc-connection.ts";
import type { AskLoginPermit } from "./login-permits.ts";
import type { Pauses } from "./pauses.ts";

export type Attempt =
  | { readonly is: "joined"; readonly connection: IrcConnection }
  | { readonly is: "fell"; readonly fall: Fall };

export type AttemptStep = "asking-token" | "connecting" | "joining";

const LOGIN_WITHIN_MS: Millis = 20_000;
const JOIN_WITHIN_MS: Millis = 15_000;
/** The notices that mean: this token is no good. Lower case; Twitch's own spelling has changed over time. */
const TOKEN_NOTICES: ReadonlySet<string> = new Set([
  "login authentication failed",
  "improperly formatted auth",
  "invalid nick",
]);

const fell = (fall: Fall): Attempt => ({ is: "fell", fall });

export async function attemptChat(using: {
  readonly address: ChatAddress;
  readonly channel: string;
  readonly tokens: ChatTokens;
  /** Fingerprint of a token that Twitch refused. */
  readonly rejected: string | undefined;
  readonly askPermit: AskLoginPermit;
  readonly pauses: Pauses;
  readonly wall: () => Millis;
  readonly log: Logger;
  readonly listener: IrcListener;
  readonly onStep: (step: AttemptStep) => void;
}): Promise<Attempt> {
  const { pauses } = using;
  using.onStep("asking-token");
  const answer = await using.tokens.get(using.rejected);
  if (answer.is === "needs-reauth") return fell({ is: "needs-reauth", detail: answer.detail });
  if (answer.is === "away") return fell({ is: "no-token", detail: answer.detail });

  await pauses.pause(await using.askPermit("auth"));
  if (pauses.isStopped()) return fell({ is: "not-connected", reason: "stopped" });
  using.onStep("connecting");
  const connection = openIrcConnection({ ...using, token: answer.token });
  const abandon = (fall: Fall) => {
    connection.quit();
    return fell(fall);
  };
  const login = await pauses.within(LOGIN_WITHIN_MS, [connection.ended, connection.loggedIn]);
  if (login.is === "late") return abandon({ is: "not-connected", reason: "no login in time" });
  if (login.value.is !== "logged-in") return fell(toFall(login.value, answer.token));

  await pauses.within(await using.askPermit("join"), [connection.ended]);
  using.onStep("joining");
  const joined = await pauses.within(JOIN_WITHIN_MS, [connection.ended, connection.join()]);
  if (joined.is === "late") return abandon({ is: "not-connected", reason: "no answer to the join" });
  switch (joined.value.is) {
    case "joined":
      return { is: "joined", connection };
    case "refused":
      return abandon({ is: "join-refused", code: joined.value.code });
    case "unanswered":
      return abandon({ is: "not-connected", reason: "no answer to the join" });
    default:
      return fell(toFall(joined.value, answer.token));
  }
}

/** A connection that ended before it stood. */
function toFall(end: IrcEnd, token: ChatToken): Fall {
  switch (end.is) {
    case "login-refused":
      // Others, like the one about too many logins, say nothing against the token.
      return TOKEN_NOTICES.has(end.notice.toLowerCase())
        ? { is: "login-refused", notice: end.notice, rejected: tokenFingerprint(token.accessToken) }
        : { is: "not-connected", reason: end.notice };
    case "lost":
      return { is: "not-connected", reason: end.reason };
    case "quit":
      return { is: "not-connected", reason: "stopped" };
  }
}
