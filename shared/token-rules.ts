import { findKeySource, type KeySource, USE_DB_VARIABLE } from "./key-source.ts";

/** Where the hub has tokens from, and the key to them: what our own environment says, which children do not get. */
export interface TokenRules {
  readonly keySource: KeySource;
  /** Started with --use-db: twitch.tokens counts for nothing. */
  readonly isDatabaseOnly: boolean;
}

/** Pure. */
export const toTokenRules = (homeFolder: string, environment: NodeJS.ProcessEnv): TokenRules => ({
  keySource: findKeySource(homeFolder, environment),
  isDatabaseOnly: environment[USE_DB_VARIABLE] === "1",
});
