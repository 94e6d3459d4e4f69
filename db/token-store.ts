import type { Millis } from "../shared/clock.ts";
import type { Login, UserId } from "../shared/ids.ts";
import type { AccountKey, Accounts, TokenType } from "./accounts.ts";

/** One account's tokens, as the one who refreshes them keeps them: in the accounts, sealed. */
export interface StoredTokens {
  readonly accessToken: string;
  readonly refreshToken: string | undefined;
  /** Fingerprint of the configured token they grew from; undefined: they came by a login or an import. */
  readonly grownFrom: string | undefined;
}

export interface TokenStore {
  /** @throws KissError key-missing, key-wrong: there are some, and they cannot be opened */
  find(login: Login): StoredTokens | undefined;
  /** On disk when it returns: the token may be used now. @throws KissError key-missing, key-wrong */
  put(login: Login, tokens: StoredTokens): void;
  /** Twitch said that the stored token is good. */
  noteValid?(
    login: Login,
    facts: {
      readonly userId: UserId;
      readonly scopes: readonly string[];
      readonly expiresAt: Millis | undefined;
    },
  ): void;
  /** `isFinal`: only a new login helps. */
  noteFailure?(login: Login, problem: string, isFinal: boolean): void;
}

export function makeTokenStore(accounts: Accounts, tokenType: TokenType = "bot"): TokenStore {
  const keyOf = (login: Login): AccountKey => ({ login, tokenType });
  return {
    find(login) {
      const found = accounts.tokensOf(keyOf(login));
      if (found.is === "locked") throw found.because;
      if (found.is === "none" || found.account.status === "revoked") return undefined;
      return { ...found.tokens, grownFrom: found.account.grownFrom };
    },
    put(login, { accessToken, refreshToken, grownFrom }) {
      const tokens = { accessToken, refreshToken };
      accounts.put({ ...keyOf(login), tokens, grownFrom, isRefresh: true });
    },
    noteValid: (login, facts) => accounts.noteValid(keyOf(login), facts),
    noteFailure: (login, problem, isFinal) =>
      accounts.noteFailure(keyOf(login), problem, isFinal ? "needs-reauth" : undefined),
  };
}
