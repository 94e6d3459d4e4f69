import * as v from "valibot";
import type { Login } from "../shared/ids.ts";
import type { Db } from "./open.ts";
import { makeWrite } from "./write.ts";

/** What nobody may say in a channel. Words are kept as they are compared: in lower case. */
export interface Banwords {
  of(channel: Login): readonly string[];
  /** False: it stands there already. */
  add(channel: Login, word: string, addedBy: string): boolean;
  /** False: it did not stand there. */
  remove(channel: Login, word: string): boolean;
}

export function makeBanwords(db: Db): Banwords {
  const select = db.prepare("SELECT word FROM banwords WHERE channel = ? ORDER BY word").pluck();
  const insert = db.prepare(
    "INSERT OR IGNORE INTO banwords (channel, word, added_by, added_at) VALUES (?, ?, ?, unixepoch())",
  );
  const remove = db.prepare("DELETE FROM banwords WHERE channel = ? AND word = ?");
  return {
    of: (channel) => v.parse(v.array(v.string()), select.all(channel)),
    add: makeWrite(
      db,
      (channel: Login, word: string, addedBy: string) =>
        insert.run(channel, word.toLowerCase(), addedBy).changes > 0,
    ),
    remove: makeWrite(
      db,
      (channel: Login, word: string) => remove.run(channel, word.toLowerCase()).changes > 0,
    ),
  };
}
