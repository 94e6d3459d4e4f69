/** How the accounts stand: what is stored, what Twitch says of it now, and what features lack. Changes nothing. */
import type { Account, AccountKey, Accounts } from "../../db/accounts.ts";
import type { Login } from "../../shared/ids.ts";
import { tokenFingerprint } from "../../shared/token-fingerprint.ts";
import type { Validated } from "../../shared/twitch/id-twitch.ts";
import { scopesOfBroadcaster } from "../../shared/twitch/scopes.ts";
import { type HelixSaid, makeHelixReader } from "./ask-helix.ts";
import type { AuthRoom } from "./auth-room.ts";
import { findTokensInUse, type TokensInUse } from "./configured-tokens.ts";
import type { HeldLogins } from "./held-logins.ts";
import { type AccountView, type ChannelView, judgeAccount, judgeChannels } from "./judge-account.ts";
import { neededScopes } from "./login.ts";

export interface AccountsSeen {
  /** The bot first. */
  readonly accounts: readonly AccountView[];
  readonly channels: readonly ChannelView[];
}

export async function lookAtAccounts(
  room: AuthRoom,
  accounts: Accounts | undefined,
  using: { readonly held: HeldLogins; readonly wallNow: number },
): Promise<AccountsSeen> {
  const seen = await Promise.all(keysOf(room, accounts).map((key) => lookAt(key, room, accounts, using)));
  const [bot] = seen;
  const moderated = bot ? await findModerated(bot, room) : undefined;
  return {
    accounts: seen.map(({ view }) => view),
    channels: judgeChannels(room.features, moderated),
  };
}

/** The bot, every account that is stored, and every channel whose owner is to grant something. */
function keysOf({ config, features }: AuthRoom, accounts: Accounts | undefined): readonly AccountKey[] {
  const bot: AccountKey = { login: config.twitch.bot_login, tokenType: "bot" };
  const owners = features.channels
    .filter(({ channel }) => scopesOfBroadcaster(features, channel).length > 0)
    .map(({ channel }): AccountKey => ({ login: channel, tokenType: "broadcaster" }));
  const configured = Object.keys(config.twitch.tokens ?? {})
    .filter((login) => login !== bot.login)
    .map((login): AccountKey => ({ login: login as Login, tokenType: "broadcaster" }));
  const stored = (accounts?.all() ?? []).map(({ login, tokenType }): AccountKey => ({ login, tokenType }));
  const byName = new Map<string, AccountKey>();
  for (const key of [bot, ...stored, ...configured, ...owners])
    byName.set(`${key.login} ${key.tokenType}`, key);
  return [...byName.values()];
}

interface Seen {
  readonly view: AccountView;
  readonly userId: string | undefined;
  readonly accessToken: string | undefined;
}

async function lookAt(
  key: AccountKey,
  room: AuthRoom,
  accounts: Accounts | undefined,
  { held, wallNow }: { readonly held: HeldLogins; readonly wallNow: number },
): Promise<Seen> {
  const inUse = accounts ? findTokensInUse(accounts, room.config, key) : configuredOnly(room, key);
  const stored: Account | undefined = accounts?.find(key);
  const validated: Validated | undefined =
    inUse.is === "found" ? await room.idTwitch.validate(inUse.tokens.accessToken) : undefined;
  const view = judgeAccount({
    key,
    inUse,
    stored,
    validated,
    held: held(key),
    needs: neededScopes(room, key),
    clientId: room.config.twitch.client_id,
    wallNow,
  });
  return {
    view,
    userId: validated?.is === "valid" ? validated.facts.userId : undefined,
    accessToken: inUse.is === "found" ? inUse.tokens.accessToken : undefined,
  };
}

function configuredOnly({ config }: AuthRoom, { login, tokenType }: AccountKey): TokensInUse {
  const isMeant = (tokenType === "bot") === (login === config.twitch.bot_login);
  const tokens = isMeant ? config.twitch.tokens?.[login] : undefined;
  if (!tokens) return { is: "none" };
  const grownFrom = tokenFingerprint(tokens.refresh_token ?? tokens.access_token);
  return {
    is: "found",
    tokens: { accessToken: tokens.access_token, refreshToken: tokens.refresh_token },
    grownFrom,
    from: "configuration",
  };
}

async function findModerated(
  { userId, accessToken }: Seen,
  { config }: AuthRoom,
): Promise<HelixSaid<readonly Login[]> | undefined> {
  if (userId === undefined || accessToken === undefined) return undefined;
  const { urls, client_id: clientId } = config.twitch;
  return makeHelixReader({ baseUrl: urls.helix, clientId, accessToken }).moderatedChannels(userId);
}
