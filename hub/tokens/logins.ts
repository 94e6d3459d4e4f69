/**
 * Logins that come, are renewed and go by an operator's order. The bot's goes through its owner; a broadcaster's lies in
 * the accounts, and here is the only place of the house that writes it.
 */
import type { AccountKey, Accounts, AccountTokens } from "../../db/accounts.ts";
import type { AuditWriter } from "../../db/audit-log.ts";
import type { Login } from "../../shared/ids.ts";
import type { Logger } from "../../shared/log.ts";
import type { IdLogin } from "../../shared/twitch/id-login.ts";
import type { IdTwitch } from "../../shared/twitch/id-twitch.ts";
import { REVOKED_BY_OPERATOR, type TokenAnswer, type TokenOwner } from "./token-owner.ts";

export type LoginOrdered =
  | { readonly is: "done"; readonly line: string }
  | { readonly is: "refused"; readonly because: string };

export interface Logins {
  take(key: AccountKey, tokens: AccountTokens): Promise<LoginOrdered>;
  refresh(key: AccountKey): Promise<LoginOrdered>;
  /** Given back to Twitch, and forgotten whether Twitch answers or not. */
  forget(key: AccountKey): Promise<LoginOrdered>;
}

export interface LoginParts {
  readonly botLogin: Login;
  /** undefined: nobody looks after this account's tokens yet. */
  readonly ownerOf: (key: AccountKey) => TokenOwner | undefined;
  readonly accounts: Accounts;
  readonly idTwitch: IdTwitch;
  readonly idLogin: Pick<IdLogin, "revoke">;
  readonly audit: AuditWriter;
  /** What lacked a grant may be had now. */
  readonly onTaken: (key: AccountKey) => void;
  readonly wall: () => number;
  readonly log: Logger;
}

const AT_ONCE = "The running house uses it from now on.";
const NOT_BOT = "it is not the account of twitch.bot_login";

export function makeLogins(using: LoginParts): Logins {
  const { accounts, audit, log, ownerOf } = using;
  /** The tokens of the bot are the owner's and nobody else's. */
  const isStrange = (key: AccountKey) => key.tokenType === "bot" && key.login !== using.botLogin;
  const prove = async (key: AccountKey, accessToken: string): Promise<LoginOrdered | undefined> => {
    const validated = await using.idTwitch.validate(accessToken);
    if (validated.is !== "valid") return { is: "refused", because: validated.problem };
    const { login, userId, scopes, expiresInMs } = validated.facts;
    if (login !== key.login)
      return { is: "refused", because: `the token belongs to ${login}, not to ${key.login}` };
    const expiresAt = expiresInMs === undefined ? undefined : using.wall() + expiresInMs;
    accounts.noteValid(key, { userId, scopes, expiresAt });
    return undefined;
  };
  const refreshStored = async (key: AccountKey): Promise<LoginOrdered> => {
    const found = accounts.tokensOf(key);
    if (found.is === "locked") return { is: "refused", because: found.because.message };
    const refreshToken = found.is === "found" ? found.tokens.refreshToken : undefined;
    if (found.is === "none" || refreshToken === undefined)
      return { is: "refused", because: `there is no refresh token of ${key.login}` };
    const refreshed = await using.idTwitch.refresh(refreshToken);
    if (refreshed.is !== "fresh") {
      accounts.noteFailure(
        key,
        refreshed.problem,
        refreshed.is === "needs-reauth" ? "needs-reauth" : undefined,
      );
      return { is: "refused", because: `Twitch says ${refreshed.problem}` };
    }
    const { accessToken } = refreshed;
    const tokens = { accessToken, refreshToken: refreshed.refreshToken ?? refreshToken };
    accounts.put({ ...key, tokens, grownFrom: found.account.grownFrom, isRefresh: true });
    audit.write("token-refreshed", { account: key.login });
    return (await prove(key, accessToken)) ?? { is: "done", line: `${key.login} has a fresh token.` };
  };

  return {
    async take(key, tokens) {
      if (isStrange(key)) return { is: "refused", because: NOT_BOT };
      const owner = ownerOf(key);
      if (owner) {
        const refused = toRefusal(await owner.take(tokens));
        if (refused) return refused;
      } else {
        const before = accounts.find(key);
        accounts.put({ ...key, tokens, grownFrom: before?.grownFrom });
        const refused = await prove(key, tokens.accessToken);
        if (refused) return refused;
        // From now on somebody looks after them.
        void ownerOf(key)?.get();
      }
      audit.write("token-stored", { account: key.login, because: "login" });
      log.info({ login: key.login, tokenType: key.tokenType }, "a new login was taken");
      using.onTaken(key);
      return { is: "done", line: owner ? AT_ONCE : "The tokens are stored, encrypted." };
    },
    async refresh(key) {
      if (isStrange(key)) return { is: "refused", because: NOT_BOT };
      const owner = ownerOf(key);
      if (!owner) return refreshStored(key);
      return toRefusal(await owner.refreshNow()) ?? { is: "done", line: `${key.login} has a fresh token.` };
    },
    async forget(key) {
      if (isStrange(key)) return { is: "refused", because: NOT_BOT };
      const stored = accounts.tokensOf(key);
      const held = await ownerOf(key)?.forget(REVOKED_BY_OPERATOR);
      const accessToken =
        held?.accessToken ?? (stored.is === "found" ? stored.tokens.accessToken : undefined);
      const revoked = accessToken === undefined ? undefined : await using.idLogin.revoke(accessToken);
      const wasThere = accounts.remove(key) || held !== undefined;
      if (!wasThere) return { is: "refused", because: `nothing is known of a login of ${key.login}` };
      audit.write("token-revoked", { account: key.login });
      log.info({ login: key.login, tokenType: key.tokenType }, "a login was revoked");
      return { is: "done", line: describeRevoked(key.login, revoked) };
    },
  };
}

function toRefusal(answer: TokenAnswer): LoginOrdered | undefined {
  return answer.is === "token" ? undefined : { is: "refused", because: answer.problem };
}

function describeRevoked(
  login: string,
  revoked: { readonly is: string; readonly problem?: string } | undefined,
): string {
  if (revoked && "problem" in revoked)
    return `The tokens of ${login} are forgotten here, but Twitch could not be told (${revoked.problem}): disconnect the application at https://www.twitch.tv/settings/connections`;
  return `The tokens of ${login} are revoked at Twitch and forgotten here.`;
}
