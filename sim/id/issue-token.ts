/**
 * Makes tokens. Every token in the simulation comes from here, so that its grant is recorded and announced the
 * same way whether a person clicked "Authorize", a device was activated, or a scenario wanted one at once.
 */
import type { Application, Token, World } from "../world/world.ts";

/** Twitch gives user tokens about four hours and app tokens about sixty days. */
export const USER_TOKEN_SECONDS = 4 * 3600;
export const APP_TOKEN_SECONDS = 60 * 86_400;
/** A public client's refresh token is good for one use within 30 days. */
export const PUBLIC_REFRESH_TOKEN_MS = 30 * 86_400_000;
/** Twitch lets one refresh token have this many access tokens at a time; the oldest goes first. */
export const ACCESS_TOKENS_PER_REFRESH_TOKEN_MAX = 50;

const ACCESS_TOKEN_LENGTH = 30;
const REFRESH_TOKEN_LENGTH = 50;

export interface UserTokenWish {
  readonly clientId: string;
  readonly userId: string;
  readonly scopes: readonly string[];
  readonly lifetimeSeconds?: number;
}

export interface AppTokenWish {
  readonly clientId: string;
  readonly lifetimeSeconds?: number;
}

/** Records that the user granted these scopes, too. */
export function issueUserToken(world: World, wish: UserTokenWish): Token {
  const user = world.getUser(wish.userId);
  const token = addUserToken(world, wish, {
    refreshToken: world.random.token(REFRESH_TOKEN_LENGTH),
    refreshableUntil: isPublic(world.applications.get(wish.clientId))
      ? world.clock.now() + PUBLIC_REFRESH_TOKEN_MS
      : undefined,
  });
  world.grant(wish.clientId, user.id, wish.scopes);
  world.happen({ kind: "authorization-granted", clientId: wish.clientId, user });
  return token;
}

/** The implicit flow's token: nothing to refresh it with. */
export function issueImplicitToken(world: World, wish: UserTokenWish): Token {
  const token = issueUserToken(world, wish);
  const bare: Token = { ...token, refreshToken: undefined };
  world.tokens.set(bare.accessToken, bare);
  return bare;
}

export function issueAppToken(world: World, wish: AppTokenWish): Token {
  const token: Token = {
    accessToken: world.random.token(ACCESS_TOKEN_LENGTH),
    kind: "app",
    clientId: wish.clientId,
    userId: undefined,
    scopes: [],
    expiresAt: world.clock.now() + (wish.lifetimeSeconds ?? APP_TOKEN_SECONDS) * 1000,
    refreshToken: undefined,
  };
  world.tokens.set(token.accessToken, token);
  return token;
}

/**
 * What a refresh gives: a further access token with the same user and scopes. A confidential client keeps its
 * refresh token; a public client's is spent and replaced.
 */
export function refreshUserToken(world: World, spent: Token, application: Application): Token | undefined {
  const { userId, refreshToken, clientId, scopes } = spent;
  if (userId === undefined || refreshToken === undefined) return undefined;
  if (!isPublic(application)) {
    const token = addUserToken(
      world,
      { clientId, userId, scopes },
      { refreshToken, refreshableUntil: undefined },
    );
    dropOldestTokens(world, refreshToken, token);
    return token;
  }
  for (const token of tokensOf(world, refreshToken))
    world.tokens.set(token.accessToken, { ...token, refreshToken: undefined });
  return addUserToken(
    world,
    { clientId, userId, scopes },
    {
      refreshToken: world.random.token(REFRESH_TOKEN_LENGTH),
      refreshableUntil: world.clock.now() + PUBLIC_REFRESH_TOKEN_MS,
    },
  );
}

export function isPublic(application: Application | undefined): boolean {
  return application !== undefined && application.clientSecret === undefined;
}

function addUserToken(
  world: World,
  wish: UserTokenWish,
  refresh: { readonly refreshToken: string; readonly refreshableUntil: number | undefined },
): Token {
  const token: Token = {
    accessToken: world.random.token(ACCESS_TOKEN_LENGTH),
    kind: "user",
    clientId: wish.clientId,
    userId: world.getUser(wish.userId).id,
    scopes: [...new Set(wish.scopes)],
    expiresAt: world.clock.now() + (wish.lifetimeSeconds ?? USER_TOKEN_SECONDS) * 1000,
    ...refresh,
  };
  world.tokens.set(token.accessToken, token);
  return token;
}

/** Expired ones go always (the new token carries the refresh token on), live ones when there are too many. */
function dropOldestTokens(world: World, refreshToken: string, keep: Token): void {
  const others = tokensOf(world, refreshToken).filter((token) => token !== keep);
  const live = others.filter((token) => token.expiresAt > world.clock.now());
  const tooMany = live.slice(0, Math.max(0, live.length + 1 - ACCESS_TOKENS_PER_REFRESH_TOKEN_MAX));
  for (const token of others) {
    if (!live.includes(token) || tooMany.includes(token)) world.tokens.delete(token.accessToken);
  }
}

function tokensOf(world: World, refreshToken: string): readonly Token[] {
  return [...world.tokens.values()].filter((token) => token.refreshToken === refreshToken);
}
