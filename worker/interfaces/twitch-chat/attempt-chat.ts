/** One try to get into the channel: token, permit to log in, connection, permit to join, join. Each step has its deadline. */
import type { Millis } from "../../../shared/clock.ts";
import type { Logger } from "../../../shared/log.ts";
import { tokenFingerprint } from "../../../shared/token-fingerprint.ts";
import type { ChatAddress } from "./chat-address.ts";
import type { Fall } from "./chat-patience.ts";
import type { ChatToken, ChatTokens } from "./chat-tokens.ts";
import { type IrcConnection, type IrcEnd, type IrcListener, openIrcConnection } from "./irc-connection.ts";
import { type AskLoginPermit, LOGIN_PERMIT_WITHIN_MS } from "./login-permits.ts";
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

interface AttemptParts {
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
}

export async function attemptChat(using: AttemptParts): Promise<Attempt> {
  const { pauses } = using;
  using.onStep("asking-token");
  const answer = await using.tokens.get(using.rejected);
  if (answer.is === "needs-reauth") return fell({ is: "needs-reauth", detail: answer.detail });
  if (answer.is === "away") return fell({ is: "no-token", detail: answer.detail });

  const auth = await takeTurn("auth", using, []);
  if (auth.is !== "granted") return fell(auth.fall);
  using.onStep("connecting");
  const connection = openIrcConnection({ ...using, token: answer.token });
  const abandon = (fall: Fall) => {
    connection.quit();
    return fell(fall);
  };
  const login = await pauses.within(LOGIN_WITHIN_MS, [connection.ended, connection.loggedIn]);
  auth.done();
  if (login.is === "late")
    return abandon({ is: "not-connected", reason: "no login in time", isSilence: true });
  if (login.value.is !== "logged-in") return fell(toFall(login.value, answer.token));

  const turn = await takeTurn("join", using, [connection.ended]);
  if (turn.is !== "granted") return abandon(turn.fall);
  using.onStep("joining");
  const joined = await pauses.within(JOIN_WITHIN_MS, [connection.ended, connection.join()]);
  turn.done();
  if (joined.is === "late")
    return abandon({ is: "not-connected", reason: "no answer to the join", isSilence: true });
  switch (joined.value.is) {
    case "joined":
      return { is: "joined", connection };
    case "refused":
      return abandon({ is: "join-refused", code: joined.value.code });
    case "unanswered":
      return abandon({ is: "not-connected", reason: "no answer to the join", isSilence: true });
    default:
      return fell(toFall(joined.value, answer.token));
  }
}

type Turn = { readonly is: "granted"; done(): void } | { readonly is: "none"; readonly fall: Fall };

/** Waits for the hub's permit. `unless`: it is not needed any more when one of these settles. */
async function takeTurn(
  wants: "auth" | "join",
  { askPermit, pauses, log }: Pick<AttemptParts, "askPermit" | "pauses" | "log">,
  unless: readonly Promise<IrcEnd>[],
): Promise<Turn> {
  const asked = askPermit(wants, (expectedMs) => log.info({ wants, expectedMs }, "waits for its turn"));
  const waited = await pauses.within(LOGIN_PERMIT_WITHIN_MS, [asked.permit, ...unless]);
  const permit = waited.is === "settled" ? waited.value : undefined;
  if (permit?.is === "granted") return permit;
  asked.withdraw();
  if (permit?.is === "refused" && permit.because === "too-many-channels")
    return { is: "none", fall: { is: "too-many-channels", detail: permit.detail } };
  const reason =
    permit?.is === "refused" ? permit.detail : pauses.isStopped() ? "stopped" : "no turn in time";
  return { is: "none", fall: { is: "not-connected", reason } };
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
