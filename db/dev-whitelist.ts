import * as v from "valibot";
import { Login } from "../shared/ids.ts";
import type { Db } from "./open.ts";
import { makeWrite } from "./write.ts";

/** Whose chat is translated without being asked, in every channel. */
export interface DevWhitelist {
  /** By name; only those that are switched on. */
  all(): readonly Login[];
  /** Also one that is switched off. */
  has(login: Login): boolean;
  /** One that is there already is switched as asked. */
  put(login: Login, addedBy: string, isEnabled?: boolean): void;
  /** False: there was none. */
  remove(login: Login): boolean;
}

export function makeDevWhitelist(db: Db): DevWhitelist {
  const select = db.prepare("SELECT login FROM dev_whitelist WHERE is_enabled = 1 ORDER BY login").pluck();
  const selectOne = db.prepare("SELECT 1 FROM dev_whitelist WHERE login = ?");
  const upsert = db.prepare(
    `INSERT INTO dev_whitelist (login, is_enabled, added_by, added_at) VALUES (?, ?, ?, unixepoch())
     ON CONFLICT (login) DO UPDATE SET is_enabled = excluded.is_enabled`,
  );
  const remove = db.prepare("DELETE FROM dev_whitelist WHERE login = ?");
  return {
    all: () => v.parse(v.array(Login), select.all()),
    has: (login) => selectOne.get(login) !== undefined,
    put: makeWrite(
      db,
      (login: Login, addedBy: string, isEnabled = true) => void upsert.run(login, isEnabled ? 1 : 0, addedBy),
    ),
    remove: makeWrite(db, (login: Login) => remove.run(login).changes > 0),
  };
}
