import * as v from "valibot";
import { Login, UserId } from "../shared/ids.ts";
import type { Db } from "./open.ts";
import { makeWrite } from "./write.ts";

export interface KnownUser {
  readonly login: Login;
  readonly userId: UserId;
  readonly displayName: string;
  /** Whether the house speaks as it; left out of news: as it was. */
  readonly isBot?: boolean;
}

const Row = v.object({ login: Login, user_id: UserId, display_name: v.string(), is_bot: v.number() });

/** Who is who, as Twitch last told. Written by the hub only. */
export interface UserDirectory {
  find(login: Login): KnownUser | undefined;
  put(user: KnownUser): void;
}

export function makeUserDirectory(db: Db): UserDirectory {
  const select = db.prepare("SELECT login, user_id, display_name, is_bot FROM users WHERE login = ?");
  // A login can pass to another account, an account can take another login: the newer news replaces both.
  const removeRenamed = db.prepare("DELETE FROM users WHERE user_id = ? AND login <> ?");
  const upsert = db.prepare(
    `INSERT INTO users (login, user_id, display_name, is_bot, seen_at) VALUES (@login, @userId, @displayName, coalesce(@isBot, 0), unixepoch())
     ON CONFLICT (login) DO UPDATE SET display_name = excluded.display_name, seen_at = excluded.seen_at,
       is_bot = coalesce(@isBot, CASE WHEN user_id = excluded.user_id THEN is_bot ELSE 0 END),
       user_id = excluded.user_id`,
  );
  const put = makeWrite(db, ({ login, userId, displayName, isBot }: KnownUser) => {
    removeRenamed.run(userId, login);
    upsert.run({ login, userId, displayName, isBot: isBot === undefined ? null : Number(isBot) });
  });
  return {
    find(login) {
      const row = select.get(login);
      if (row === undefined) return undefined;
      const user = v.parse(Row, row);
      const { user_id: userId, display_name: displayName } = user;
      return { login: user.login, userId, displayName, isBot: user.is_bot === 1 };
    },
    put,
  };
}
