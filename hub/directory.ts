/** Login → account, asked from Helix in one go and remembered in the database, so that channels start although Helix is away. */
import * as v from "valibot";
import type { KnownUser, UserDirectory } from "../db/user-directory.ts";
import type { Clock, Millis } from "../shared/clock.ts";
import { toError } from "../shared/errors.ts";
import { type ChannelId, channelIdOf, Login, UserId } from "../shared/ids.ts";
import type { Logger } from "../shared/log.ts";
import { KEYS_A_CALL, makeBatcher } from "./gateway/batcher.ts";
import { toHelixFailure } from "./twitch/helix.ts";

export type FoundUser =
  | { readonly is: "known"; readonly user: KnownUser }
  /** Twitch has no account of this name. */
  | { readonly is: "nobody" }
  | { readonly is: "away"; readonly problem: string };

export interface Directory {
  /** Asks Twitch about all of these at once. */
  refresh(logins: readonly Login[]): Promise<void>;
  find(login: Login): Promise<FoundUser>;
  /** Without asking anybody. */
  known(login: Login): KnownUser | undefined;
  /** Of those that are known. */
  findLogin(channelId: ChannelId): Login | undefined;
}

/** Twitch may have left out somebody who is there, and who is not there yet may come. */
const NOBODY_FOR_MS: Millis = 60_000;

/** What of Helix is needed here. */
interface UsersAtTwitch {
  readonly users: {
    getUsersByNames(
      logins: string[],
    ): Promise<readonly { readonly name: string; readonly id: string; readonly displayName: string }[]>;
  };
}

const HelixUser = v.object({ name: Login, id: UserId, displayName: v.string() });

export function makeDirectory(using: {
  readonly api: UsersAtTwitch;
  readonly store: UserDirectory;
  readonly clock: Clock;
  readonly log: Logger;
}): Directory {
  const { api, store, clock, log } = using;
  const known = new Map<Login, KnownUser>();
  const nobodyUntil = new Map<Login, Millis>();

  const remember = (user: KnownUser) => {
    try {
      store.put(user);
    } catch (problem) {
      log.warn({ login: user.login, err: toError(problem) }, "who a channel is could not be written down");
    }
  };
  /** The problem when Twitch is away. */
  const ask = async (logins: readonly Login[]): Promise<string | undefined> => {
    try {
      const users = await api.users.getUsersByNames([...logins]);
      for (const user of users) {
        const found = v.parse(HelixUser, { name: user.name, id: user.id, displayName: user.displayName });
        const row: KnownUser = { login: found.name, userId: found.id, displayName: found.displayName };
        known.set(row.login, row);
        nobodyUntil.delete(row.login);
        remember(row);
      }
      const until = clock.now() + NOBODY_FOR_MS;
      for (const login of logins) if (!known.has(login)) nobodyUntil.set(login, until);
      return undefined;
    } catch (problem) {
      return toHelixFailure(problem).problem;
    }
  };

  /** Workers come in crowds: who of them is not known yet is asked for in one call. */
  const strangers = makeBatcher<Login, KnownUser>({
    clock,
    async ask(logins) {
      const problem = await ask(logins);
      return problem === undefined
        ? { is: "looked", value: known }
        : { is: "failed", code: "twitch-away", detail: problem };
    },
  });

  const recall = (login: Login) => known.get(login) ?? store.find(login);
  return {
    known: recall,
    findLogin: (channelId) =>
      [...known.values()].find(({ userId }) => channelIdOf(userId) === channelId)?.login,
    async refresh(logins) {
      for (let from = 0; from < logins.length; from += KEYS_A_CALL) {
        const problem = await ask(logins.slice(from, from + KEYS_A_CALL));
        if (problem !== undefined) log.warn({ problem }, "Helix could not be asked who the channels are");
      }
    },
    async find(login) {
      const stored = recall(login);
      if (stored) return { is: "known", user: stored };
      if (clock.now() < (nobodyUntil.get(login) ?? 0)) return { is: "nobody" };
      const looked = await strangers.get(login);
      if (looked.is === "failed") return { is: "away", problem: looked.detail };
      return looked.value ? { is: "known", user: looked.value } : { is: "nobody" };
    },
  };
}
