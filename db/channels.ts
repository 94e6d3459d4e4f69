import * as v from "valibot";
import { Login } from "../shared/ids.ts";
import type { ChannelWish } from "../shared/ipc/control.ts";
import type { Db } from "./open.ts";
import { makeWrite } from "./write.ts";

const Row = v.object({
  login: Login,
  origin: v.picklist(["config", "operator"]),
  is_enabled: v.number(),
  is_stopped: v.number(),
});

/** The desired state per channel. */
export interface ChannelBook {
  /** By name. */
  all(): readonly ChannelWish[];
  /** Channels named in the configuration come in, those no longer named there go; what an operator decided stays. */
  seed(configured: readonly Login[]): void;
  /** An operator's channel; one that is known already is only enabled and started. */
  add(channel: Login): void;
  /** These answer whether anything is other than before. */
  remove(channel: Login): boolean;
  setEnabled(channel: Login, isEnabled: boolean): boolean;
  setStopped(channel: Login, isStopped: boolean): boolean;
}

export function makeChannelBook(db: Db): ChannelBook {
  const select = db.prepare("SELECT login, origin, is_enabled, is_stopped FROM channels ORDER BY login");
  const upsert = db.prepare(
    `INSERT INTO channels (login, origin, changed_at) VALUES (?, ?, unixepoch())
     ON CONFLICT (login) DO UPDATE SET origin = 'config' WHERE excluded.origin = 'config'`,
  );
  const remove = db.prepare("DELETE FROM channels WHERE login = ?");
  const enable = db.prepare(
    "UPDATE channels SET is_enabled = @is, changed_at = unixepoch() WHERE login = @channel AND is_enabled <> @is",
  );
  const stop = db.prepare(
    "UPDATE channels SET is_stopped = @is, changed_at = unixepoch() WHERE login = @channel AND is_stopped <> @is",
  );
  const setEnabled = (channel: Login, is: boolean) => enable.run({ channel, is: is ? 1 : 0 }).changes > 0;
  const setStopped = (channel: Login, is: boolean) => stop.run({ channel, is: is ? 1 : 0 }).changes > 0;
  const all = () =>
    select.all().map((raw): ChannelWish => {
      const row = v.parse(Row, raw);
      return {
        channel: row.login,
        origin: row.origin,
        isEnabled: row.is_enabled === 1,
        isStopped: row.is_stopped === 1,
      };
    });
  const seed = makeWrite(db, (configured: readonly Login[]) => {
    const origins = new Map(all().map(({ channel, origin }) => [channel, origin]));
    for (const [channel, origin] of origins) {
      if (origin === "config" && !configured.includes(channel)) remove.run(channel);
    }
    // What stands there already is not written again: a supervisor must be able to start on a full disk.
    for (const channel of configured) if (origins.get(channel) !== "config") upsert.run(channel, "config");
  });
  const add = makeWrite(db, (channel: Login) => {
    upsert.run(channel, "operator");
    setEnabled(channel, true);
    setStopped(channel, false);
  });
  return {
    all,
    seed,
    add,
    remove: (channel) => remove.run(channel).changes > 0,
    setEnabled,
    setStopped,
  };
}
