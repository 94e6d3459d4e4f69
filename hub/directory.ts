/** Login → account, asked from Helix in one go and remembered in the database, so that channels start although Helix is away. */
import type { ApiClient } from "@twurple/api";
import * as v from "valibot";
import type { KnownUser, UserDirectory } from "../db/user-directory.ts";
import { Login, UserId } from "../shared/ids.ts";
import type { Logger } from "../shared/log.ts";
import { toHelixFailure } from "./twitch/helix.ts";

export type FoundUser =
  | { readonly is: "known"; readonly user: KnownUser }
  /** Twitch has no account of this name. */
  | { readonly is: "nobody" }
  | { readonly is: "away"; readonly problem: string };

/** Helix takes this many logins a call. */
const LOGINS_A_CALL = 100;

export interface Directory {
  /** Asks Twitch about all of these at once. */
  refresh(logins: readonly Login[]): Promise<void>;
  find(login: Login): Promise<FoundUser>;
  /** Without asking anybody. */
  known(login: Login): KnownUser | undefined;
}

const HelixUser = v.object({ name: Login, id: UserId, displayName: v.string() });

export function makeDirectory(using: {
  readonly api: ApiClient;
  readonly store: UserDirectory;
  readonly log: Logger;
}): Directory {
  const { api, store, log } = using;
  const known = new Map<Login, KnownUser>();
  const nobody = new Set<Login>();

  /** The problem when Twitch is away. */
  const ask = async (logins: readonly Login[]): Promise<string | undefined> => {
    try {
      const users = await api.users.getUsersByNames([...logins]);
      for (const user of users) {
        const found = v.parse(HelixUser, { name: user.name, id: user.id, displayName: user.displayName });
        const row: KnownUser = { login: found.name, userId: found.id, displayName: found.displayName };
        known.set(row.login, row);
        nobody.delete(row.login);
        store.put(row);
      }
      for (const login of logins) if (!known.has(login)) nobody.add(login);
      return undefined;
    } catch (problem) {
      return toHelixFailure(problem).problem;
    }
  };

  const recall = (login: Login) => known.get(login) ?? store.find(login);
  return {
    known: recall,
    async refresh(logins) {
      for (let from = 0; from < logins.length; from += LOGINS_A_CALL) {
        const problem = await ask(logins.slice(from, from + LOGINS_A_CALL));
        if (problem !== undefined) log.warn({ problem }, "Helix could not be asked who the channels are");
      }
    },
    async find(login) {
      const stored = recall(login);
      if (stored) return { is: "known", user: stored };
      const problem = nobody.has(login) ? undefined : await ask([login]);
      if (problem !== undefined) return { is: "away", problem };
      const user = known.get(login);
      return user ? { is: "known", user } : { is: "nobody" };
    },
  };
}
