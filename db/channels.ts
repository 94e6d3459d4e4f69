import * as v from "valibot";
import { Login } from "../shared/ids.ts";
import type { ChannelWish } from "../shared/ipc/control.ts";
import type { Db } from "./open.ts";

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
  remove(channel: Login): void;
  setEnabled(channel: Login, isEnabled: boolean): void;
  setStopped(channel: Login, isStopped: boolean): void;
}

export function makeChannelBook(db: Db): ChannelBook {
  const select = db.prepare("SELECT login, origin, is_enabled, is_stopped FROM channels ORDER BY login");
  const upsert = db.prepare(
    `INSERT INTO channels (login, origin, changed_at) VALUES (?, ?, unixepoch())
     ON CONFLICT (login) DO UPDATE SET origin = 'config' WHERE excluded.origin = 'config'`,
  );
  const remove = db.prepare("DELETE FROM channels WHERE login = ?");
  const enable = db.prepare("UPDATE channels SET is_enabled = ?, changed_at = unixepoch() WHERE login = ?");
  const stop = db.prepare("UPDATE channels SET is_stopped = ?, changed_at = unixepoch() WHERE login = ?");
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
  const seed = db.transaction((configured: readonly Login[]) => {
    const origins = new Map(all().map(({ channel, origin }) => [channel, origin]));
    for (const [channel, origin] of origins) {
      if (origin === "config" && !configured.includes(channel)) remove.run(channel);
    }
    // What stands there already is not written again: a supervisor must be able to start on a full disk.
    for (const channel of configured) if (origins.get(channel) !== "config") upsert.run(channel, "config");
  });
  const add = db.transaction((channel: Login) => {
    upsert.run(channel, "operator");
    enable.run(1, channel);
    stop.run(0, channel);
  });
  return {
    all,
    seed: (configured) => seed.immediate(configured),
    add: (channel) => add.immediate(channel),
    remove: (channel) => void remove.run(channel),
    setEnabled: (channel, isEnabled) => void enable.run(isEnabled ? 1 : 0, channel),
    setStopped: (channel, isStopped) => void stop.run(isStopped ? 1 : 0, channel),
  };
}
