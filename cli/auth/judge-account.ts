/** How one account stands, in words and with the command that mends it. Pure. */
import type { Account, AccountKey } from "../../db/accounts.ts";
import type { Millis } from "../../shared/clock.ts";
import type { Login } from "../../shared/ids.ts";
import type { Validated } from "../../shared/twitch/id-twitch.ts";
import { type Features, missingScopes, type ScopeNeed } from "../../shared/twitch/scopes.ts";
import type { HelixSaid } from "./ask-helix.ts";
import type { TokensInUse } from "./configured-tokens.ts";
import type { HeldState } from "./held-logins.ts";

export const ACCOUNT_STATES = [
  "good",
  /** Twitch takes the access token no more; the hub gets another with the refresh token. */
  "to-be-refreshed",
  "needs-login",
  /** Twitch did not answer: nothing is known. */
  "unproved",
] as const;

export interface AccountView {
  readonly login: Login;
  readonly type: AccountKey["tokenType"];
  readonly state: (typeof ACCOUNT_STATES)[number];
  readonly says: string;
  readonly fix: string | undefined;
  readonly from: "database" | "configuration" | "nowhere";
  readonly userId: string | undefined;
  readonly scopes: readonly string[];
  readonly missing: readonly ScopeNeed[];
  /** undefined: it does not expire, or nobody knows. */
  readonly expiresInMs: Millis | undefined;
  readonly hasRefreshToken: boolean;
  readonly storedAgoMs: Millis | undefined;
  readonly lastRefreshAgoMs: Millis | undefined;
  readonly lastFailure: { readonly problem: string; readonly agoMs: Millis } | undefined;
}

export interface AccountFacts {
  readonly key: AccountKey;
  readonly inUse: TokensInUse;
  readonly stored: Account | undefined;
  /** undefined: there is no token to ask about. */
  readonly validated: Validated | undefined;
  /** By the word of the hub that runs; undefined: there is none. */
  readonly held: HeldState | undefined;
  readonly needs: readonly ScopeNeed[];
  readonly clientId: string;
  readonly wallNow: Millis;
}

export const loginCommand = ({ login, tokenType }: AccountKey): string =>
  `./kissbot.sh auth login ${tokenType === "bot" ? "--bot" : `--channel ${login}`}`;

export function judgeAccount(facts: AccountFacts): AccountView {
  const { key, inUse, stored, validated, wallNow } = facts;
  const ago = (at: Millis | undefined) => (at === undefined ? undefined : Math.max(0, wallNow - at));
  const scopes = validated?.is === "valid" ? validated.facts.scopes : [];
  const missing = validated?.is === "valid" ? missingScopes(facts.needs, scopes) : [];
  const judged = judgeTokens(facts);
  const lacks = judged.state === "good" && missing.length > 0;
  return {
    login: key.login,
    type: key.tokenType,
    ...judged,
    says: lacks ? `${judged.says}, but lacks ${missing.map(({ scope }) => scope).join(", ")}` : judged.says,
    fix: lacks ? loginCommand(key) : judged.fix,
    from: inUse.is === "found" ? inUse.from : inUse.is === "locked" ? "database" : "nowhere",
    userId: validated?.is === "valid" ? validated.facts.userId : undefined,
    scopes: [...scopes].sort(),
    missing,
    expiresInMs: validated?.is === "valid" ? validated.facts.expiresInMs : undefined,
    hasRefreshToken: inUse.is === "found" && inUse.tokens.refreshToken !== undefined,
    storedAgoMs: ago(stored?.storedAt),
    lastRefreshAgoMs: ago(stored?.lastRefreshAt),
    lastFailure: stored?.lastFailure && {
      problem: stored.lastFailure.problem,
      agoMs: ago(stored.lastFailure.at) ?? 0,
    },
  };
}

type Judged = Pick<AccountView, "state" | "says" | "fix">;

function judgeTokens({ key, inUse, stored, validated, held, clientId }: AccountFacts): Judged {
  const fix = loginCommand(key);
  if (inUse.is === "locked")
    return { state: "needs-login", says: inUse.because.message, fix: inUse.because.hint };
  if (inUse.is === "none" || !validated) {
    const says = stored?.status === "revoked" ? "was revoked" : "has not logged in yet";
    return { state: "needs-login", says, fix };
  }
  if (held === "needs-reauth")
    return { state: "needs-login", says: "has to log in anew, says the hub that runs", fix };
  switch (validated.is) {
    case "away":
      return {
        state: "unproved",
        says: `Twitch does not answer (${validated.problem})`,
        fix: "try again when this machine reaches id.twitch.tv",
      };
    case "invalid":
      if (stored?.status === "needs-reauth" && inUse.from === "database")
        return { state: "needs-login", says: "Twitch accepts this login no more", fix };
      return inUse.tokens.refreshToken === undefined
        ? { state: "needs-login", says: "the access token has ended, and there is no refresh token", fix }
        : {
            state: "to-be-refreshed",
            says: `the access token has ended; the hub ${held === undefined ? "refreshes it when it runs" : "runs, and is to refresh it"}`,
            fix: `./kissbot.sh auth refresh ${key.tokenType === "bot" ? "--bot" : `--channel ${key.login}`}`,
          };
    case "valid":
      if (validated.facts.clientId !== clientId)
        return {
          state: "needs-login",
          says: "the token belongs to another client id than twitch.client_id",
          fix,
        };
      if (validated.facts.login !== key.login)
        return { state: "needs-login", says: `the token belongs to ${validated.facts.login}`, fix };
      return { state: "good", says: "good", fix: undefined };
  }
}

export interface ChannelView {
  readonly channel: Login;
  /** `own`: the bot is the broadcaster, who may all that a moderator may. */
  readonly moderator: "yes" | "no" | "own" | "unknown";
  /** Why it is unknown. */
  readonly because: string | undefined;
}

/** Twitch lets an account be in so many channels where it is no moderator. */
export const JOINED_CHANNELS_MAX = 100;

export function judgeChannels(
  { channels, botLogin }: Features,
  moderated: HelixSaid<readonly Login[]> | undefined,
): readonly ChannelView[] {
  return channels.map(({ channel }): ChannelView => {
    if (channel === botLogin) return { channel, moderator: "own", because: undefined };
    if (moderated?.is !== "said") {
      const because = moderated?.problem ?? "the bot's token is not proved";
      return { channel, moderator: "unknown", because };
    }
    return { channel, moderator: moderated.value.includes(channel) ? "yes" : "no", because: undefined };
  });
}

/** Against the 100-channel rule: those of which it is not known that the bot moderates them. */
export const countedChannels = (channels: readonly ChannelView[]): number =>
  channels.filter(({ moderator }) => moderator === "no" || moderator === "unknown").length;
