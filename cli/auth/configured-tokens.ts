/** Which tokens of an account count: those that are stored, or those in the configuration when they are newer there. */
import type { AccountKey, Accounts, AccountTokens } from "../../db/accounts.ts";
import type { Config } from "../../shared/config.ts";
import type { KissError } from "../../shared/errors.ts";
import { tokenFingerprint } from "../../shared/token-fingerprint.ts";

export type TokensInUse =
  | {
      readonly is: "found";
      readonly tokens: AccountTokens;
      /** What a row that replaces it is to remember. */
      readonly grownFrom: string | undefined;
      readonly from: "database" | "configuration";
    }
  | { readonly is: "none" }
  | { readonly is: "locked"; readonly because: KissError };

/** The broadcaster's use of the bot's own account is a row of its own; the configuration names accounts only. */
export function findTokensInUse(accounts: Accounts, config: Config, key: AccountKey): TokensInUse {
  const grownFrom = configuredFingerprint(config, key);
  const stored = accounts.tokensOf(key);
  if (stored.is === "locked") return stored;
  const isNewer = stored.is === "none" || (grownFrom !== undefined && stored.account.grownFrom !== grownFrom);
  const configured = isNewer ? findConfigured(config, key) : undefined;
  if (configured) return { is: "found", tokens: configured, grownFrom, from: "configuration" };
  return stored.is === "none" ? stored : { is: "found", tokens: stored.tokens, grownFrom, from: "database" };
}

/** undefined: the configuration does not name this account. */
export function configuredFingerprint(config: Config, key: AccountKey): string | undefined {
  const tokens = findConfigured(config, key);
  return tokens && tokenFingerprint(tokens.refreshToken ?? tokens.accessToken);
}

function findConfigured({ twitch }: Config, { login, tokenType }: AccountKey): AccountTokens | undefined {
  const isMeant = (tokenType === "bot") === (login === twitch.bot_login);
  const tokens = isMeant ? twitch.tokens?.[login] : undefined;
  return tokens && { accessToken: tokens.access_token, refreshToken: tokens.refresh_token };
}
