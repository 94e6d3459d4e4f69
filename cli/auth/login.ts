/** `auth login`: says what is asked for and why, lets the person agree at Twitch, and hands the tokens to their owner. */
import type { AccountKey } from "../../db/accounts.ts";
import { type FreshLogin, toAuthorizeUrl } from "../../shared/twitch/id-login.ts";
import type { TokenFacts } from "../../shared/twitch/id-twitch.ts";
import {
  missingScopes,
  type ScopeNeed,
  scopesOfBot,
  scopesOfBroadcaster,
} from "../../shared/twitch/scopes.ts";
import { safeText } from "../safe-text.ts";
import type { Desk } from "../verb.ts";
import type { AuthRoom } from "./auth-room.ts";
import { loginByCode } from "./code-login.ts";
import { configuredFingerprint } from "./configured-tokens.ts";
import { type LoggedIn, loginByDevice } from "./device-login.ts";
import { renderScopes } from "./scope-table.ts";
import { type Kept, carryOut as orderKeeper } from "./token-keeper.ts";

export interface LoginWish extends AccountKey {
  readonly way: "device" | "code" | undefined;
}

const EXIT_REFUSED = 1;
const EXIT_AWAY = 2;

export function neededScopes({ features }: AuthRoom, { login, tokenType }: AccountKey): readonly ScopeNeed[] {
  return tokenType === "bot" ? scopesOfBot(features) : scopesOfBroadcaster(features, login);
}

export async function login(wish: LoginWish, room: AuthRoom, desk: Desk): Promise<number> {
  const needs = neededScopes(room, wish);
  const who = `${wish.login} (${wish.tokenType === "bot" ? "the bot" : "the owner of the channel"})`;
  if (needs.length === 0) {
    desk.say(`Nothing that is enabled needs a grant of ${wish.login}: there is nothing to log in for.`);
    return 0;
  }
  desk.say(`Twitch will ask ${who} for:\n`);
  desk.say(`${renderScopes(needs, desk.columns)}\n`);
  const stopping = desk.stopSignal();
  const loggedIn = await askPerson(wish, needs, room, desk, stopping);
  if (loggedIn.is !== "granted") {
    desk.warn(`kissbot: ${loggedIn.because}`);
    return loggedIn.is === "away" ? EXIT_AWAY : EXIT_REFUSED;
  }
  return keepWhenRight(wish, needs, loggedIn.login, room, desk);
}

function askPerson(
  wish: LoginWish,
  needs: readonly ScopeNeed[],
  { config, idLogin }: AuthRoom,
  desk: Desk,
  stopping: AbortSignal,
): Promise<LoggedIn> {
  const { twitch, login: settings } = config;
  const scopes = needs.map(({ scope }) => scope);
  const way = wish.way ?? (twitch.client_secret === undefined ? "device" : "code");
  desk.say(`Log in at Twitch as ${wish.login}: whoever your browser is logged in as is who agrees.`);
  if (way === "device") return loginByDevice({ idLogin, scopes, desk, stopping });
  if (twitch.client_secret === undefined) {
    const because =
      "login by authorisation code takes twitch.client_secret, because Twitch knows no PKCE: use --device";
    return Promise.resolve({ is: "refused", because });
  }
  return loginByCode({
    idLogin,
    baseUrl: twitch.urls.id,
    clientId: twitch.client_id,
    redirectUrl: settings.redirect_url,
    scopes,
    desk,
    stopping,
  });
}

async function keepWhenRight(
  wish: LoginWish,
  needs: readonly ScopeNeed[],
  fresh: FreshLogin,
  room: AuthRoom,
  desk: Desk,
): Promise<number> {
  const validated = await room.idTwitch.validate(fresh.accessToken);
  if (validated.is !== "valid") {
    desk.warn(
      `kissbot: the new login could not be proved (${safeText(validated.problem)}): nothing was stored`,
    );
    return validated.is === "away" ? EXIT_AWAY : EXIT_REFUSED;
  }
  const { facts } = validated;
  if (facts.login !== wish.login) {
    // Nobody needs a token that is not kept.
    await room.idLogin.revoke(fresh.accessToken);
    desk.warn(`kissbot: ${describeWrongAccount(facts.login, wish)}`);
    return EXIT_REFUSED;
  }
  const kept = await keep(wish, fresh, facts, room, desk);
  if (kept.is !== "done") {
    desk.warn(`kissbot: the login could not be kept: ${safeText(kept.because)}`);
    return kept.is === "away" ? EXIT_AWAY : EXIT_REFUSED;
  }
  const lacking = missingScopes(needs, facts.scopes).map(({ scope }) => scope);
  if (lacking.length > 0) desk.warn(`kissbot: Twitch did not grant ${lacking.join(", ")}`);
  desk.say(`Logged in as ${facts.login}. ${kept.line}`);
  return 0;
}

const describeWrongAccount = (login: string, wish: AccountKey): string =>
  wish.tokenType === "bot"
    ? `you logged in as ${login}, but the bot is ${wish.login}: nothing was stored. Log in at twitch.tv as ${wish.login} (a private window helps) and run this again, or set twitch.bot_login to ${login}`
    : `${login} agreed, but the channel is ${wish.login}'s: nothing was stored. Only ${wish.login} can grant what happens there`;

function keep(
  { login, tokenType }: LoginWish,
  tokens: FreshLogin,
  facts: TokenFacts,
  { config }: AuthRoom,
  desk: Desk,
): Promise<Kept> {
  const key = { login, tokenType };
  return orderKeeper(
    { do: "take-login", ...key, tokens },
    async ({ accounts, audit }) => {
      const expiresAt = facts.expiresInMs === undefined ? undefined : desk.clock.wall() + facts.expiresInMs;
      const { userId, scopes } = facts;
      accounts.put({
        ...key,
        tokens,
        userId,
        scopes,
        expiresAt,
        grownFrom: configuredFingerprint(config, key),
      });
      audit.write("token-stored", { account: login, because: "login" });
      return { is: "done", line: "The tokens are stored, encrypted; ./kissbot.sh start uses them." };
    },
    desk,
  );
}

/** A link for somebody who has no terminal here. The token it makes stays in their browser: what counts is that they agreed. */
export function renderLink(wish: AccountKey, room: AuthRoom, desk: Pick<Desk, "columns">): string {
  const needs = neededScopes(room, wish);
  if (needs.length === 0) return `Nothing that is enabled needs a grant of ${wish.login}.`;
  const { twitch, login: settings } = room.config;
  const link = toAuthorizeUrl({
    baseUrl: twitch.urls.id,
    clientId: twitch.client_id,
    redirectUrl: settings.redirect_url,
    responseType: "token",
    scopes: needs.map(({ scope }) => scope),
    isForced: false,
  });
  return [
    `For ${wish.login}, who will be asked for:\n`,
    `${renderScopes(needs, desk.columns)}\n`,
    link,
    "",
    `The grant counts from the click on Authorize. The page after it (${settings.redirect_url}) may fail to load: that is fine.`,
  ].join("\n");
}
