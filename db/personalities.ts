import * as v from "valibot";
import { Login } from "../shared/ids.ts";
import type { Db } from "./open.ts";
import { makeWrite } from "./write.ts";

/** How the bot talks in a channel. */
export interface Personality {
  readonly channel: Login;
  readonly preset: string;
  readonly isNsfwAllowed: boolean;
  /** What differs from the preset. */
  readonly rules: Readonly<Record<string, unknown>>;
}

export interface Personalities {
  find(channel: Login): Personality | undefined;
  put(personality: Personality): void;
  /** False: it had none of its own. */
  remove(channel: Login): boolean;
}

const Row = v.object({
  channel: Login,
  preset: v.string(),
  is_nsfw_allowed: v.number(),
  rules: v.pipe(v.string(), v.parseJson(), v.record(v.string(), v.unknown())),
});

export function makePersonalities(db: Db): Personalities {
  const select = db.prepare(
    "SELECT channel, preset, is_nsfw_allowed, rules FROM personality WHERE channel = ?",
  );
  const upsert = db.prepare(
    `INSERT INTO personality (channel, preset, is_nsfw_allowed, rules, changed_at) VALUES (?, ?, ?, ?, unixepoch())
     ON CONFLICT (channel) DO UPDATE SET preset = excluded.preset, is_nsfw_allowed = excluded.is_nsfw_allowed,
       rules = excluded.rules, changed_at = excluded.changed_at`,
  );
  const remove = db.prepare("DELETE FROM personality WHERE channel = ?");
  return {
    find(channel) {
      const raw = select.get(channel);
      if (raw === undefined) return undefined;
      const { is_nsfw_allowed: isAllowed, ...row } = v.parse(Row, raw);
      return { ...row, isNsfwAllowed: isAllowed === 1 };
    },
    put: makeWrite(
      db,
      ({ channel, preset, isNsfwAllowed, rules }: Personality) =>
        void upsert.run(channel, preset, isNsfwAllowed ? 1 : 0, JSON.stringify(rules)),
    ),
    remove: makeWrite(db, (channel: Login) => remove.run(channel).changes > 0),
  };
}
