import * as v from "valibot";
import { Login, UserId } from "../shared/ids.ts";
import type { Db } from "./open.ts";

export interface KnownUser {
  readonly login: Login;
  readonly userId: UserId;
  readonly displayName: string;
}

const Row = v.object({ login: Login, user_id: UserId, display_name: v.string() });

/** Who is who, as Twitch last told. Written by the hub only. */
export interface UserDirectory {
  find(login: Login): KnownUser | undefined;
  put(user: KnownUser): void;
}

export function makeUserDirectory(db: Db): UserDirectory {
  const select = db.prepare("SELECT login, user_id, display_name FROM users WHERE login = ?");
  // A login can pass to another account, an account can take another login: the newer news replaces both.
  const upsert = db.prepare(
    "INSERT OR REPLACE INTO users (login, user_id, display_name, seen_at) VALUES (?, ?, ?, unixepoch())",
  );
  return {
    find(login) {
      const row = select.get(login);
      if (row === undefined) return undefined;
      const user = v.parse(Row, row);
      return { login: user.login, userId: user.user_id, displayName: user.display_name };
    },
    put: (user) => {
      upsert.run(user.login, user.userId, user.displayName);
    },
  };
}
