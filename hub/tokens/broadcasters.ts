/**
 * Broadcasters who have logged in beside the bot. Their tokens are kept good as the bot's are, each by an owner of its
 * own, because a login that is not used dies. What they are good for: over a conduit Twitch looks at what a
 * broadcaster has granted the application, which this login is. Over a WebSocket every subscription is the bot's, so
 * there no topic is read with them.
 */
import type { Accounts } from "../../db/accounts.ts";
import { makeTokenStore } from "../../db/token-store.ts";
import type { Clock } from "../../shared/clock.ts";
import { toError } from "../../shared/errors.ts";
import type { Login } from "../../shared/ids.ts";
import type { Logger } from "../../shared/log.ts";
import type { IdTwitch } from "../twitch/id-twitch.ts";
import { type Held, REVOKED_BY_OPERATOR, startTokenOwner, type TokenOwner } from "./token-owner.ts";

export interface Broadcasters {
  /** undefined: nobody of this name has logged in. */
  ownerOf(login: Login): TokenOwner | undefined;
  state(): readonly { readonly login: Login; readonly token: ReturnType<TokenOwner["state"]> }[];
  /** Resolves when all refreshes under way have landed. */
  stop(): Promise<void>;
}

export const describeLostBroadcaster = (login: Login, problem: string): string =>
  `${login} has to log in anew (${problem}): ./kissbot.sh auth login --channel ${login}`;

export function startBroadcasters(using: {
  /** By login, as twitch.tokens names them. */
  readonly configured: readonly (Held & { readonly login: Login })[];
  readonly accounts: Accounts;
  readonly clientId: string;
  readonly idTwitch: IdTwitch;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Logger;
  readonly onReauthNeeded: (login: Login, problem: string) => void;
  /** They logged in anew, or nobody wants them to. */
  readonly onReauthOver: (login: Login) => void;
  readonly onRefreshed: (login: Login) => void;
}): Broadcasters {
  const { accounts, log } = using;
  const owners = new Map<Login, TokenOwner>();
  const store = makeTokenStore(accounts, "broadcaster");
  const configured = new Map(using.configured.map(({ login, ...held }) => [login, held]));

  const begin = (login: Login): TokenOwner => {
    const owner = startTokenOwner({
      ...using,
      login,
      whose: `${login}'s`,
      configured: configured.get(login),
      store,
      onReauthNeeded: (problem) =>
        problem === REVOKED_BY_OPERATOR ? using.onReauthOver(login) : using.onReauthNeeded(login, problem),
      onReauthOver: () => using.onReauthOver(login),
      onRefreshed: () => using.onRefreshed(login),
    });
    owners.set(login, owner);
    return owner;
  };
  const isStored = (login: Login) => accounts.find({ login, tokenType: "broadcaster" }) !== undefined;
  const stored = accounts
    .all()
    .flatMap(({ login, tokenType }) => (tokenType === "broadcaster" ? [login] : []));
  for (const login of new Set([...configured.keys(), ...stored])) {
    try {
      begin(login);
    } catch (problem) {
      log.warn({ login, err: toError(problem) }, "a broadcaster's tokens can't be read");
    }
  }
  /** One after the other: nobody waits for them. */
  const proveAll = async () => {
    for (const owner of [...owners.values()]) await owner.get();
  };
  void proveAll();

  return {
    ownerOf: (login) => owners.get(login) ?? (isStored(login) ? begin(login) : undefined),
    state: () =>
      [...owners].flatMap(([login, owner]) =>
        // Somebody has revoked it: there is nothing left to tell of.
        isStored(login) || configured.has(login) ? [{ login, token: owner.state() }] : [],
      ),
    async stop() {
      await Promise.all([...owners.values()].map((owner) => owner.stop()));
    },
  };
}
