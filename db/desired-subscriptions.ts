import * as v from "valibot";
import { Login } from "../shared/ids.ts";
import { isTopic, type Topic } from "../shared/twitch/topics.ts";
import type { Db } from "./open.ts";

const Row = v.object({ channel: Login, topic: v.string() });

/** What the house wants from EventSub, kept so that a restarted hub subscribes before its workers are back. Written by the hub only. */
export interface DesiredSubscriptions {
  all(): ReadonlyMap<Login, ReadonlySet<Topic>>;
  /** The whole wish of one channel, replacing the one before. */
  replace(channel: Login, topics: readonly Topic[]): void;
  /** Forgets every channel that is not among these. */
  keepOnly(channels: readonly Login[]): void;
}

export function makeDesiredSubscriptions(db: Db): DesiredSubscriptions {
  const select = db.prepare("SELECT channel, topic FROM desired_subscriptions");
  const remove = db.prepare("DELETE FROM desired_subscriptions WHERE channel = ?");
  const insert = db.prepare("INSERT OR IGNORE INTO desired_subscriptions (channel, topic) VALUES (?, ?)");
  const replace = db.transaction((channel: Login, topics: readonly Topic[]) => {
    remove.run(channel);
    for (const topic of topics) insert.run(channel, topic);
  });
  const all = () => {
    const wanted = new Map<Login, Set<Topic>>();
    for (const raw of select.all()) {
      const row = v.parse(Row, raw);
      // A topic of a version that knew more types: not wanted by this one.
      if (!isTopic(row.topic)) continue;
      const of = wanted.get(row.channel) ?? new Set<Topic>();
      of.add(row.topic);
      wanted.set(row.channel, of);
    }
    return wanted;
  };
  return {
    all,
    replace: (channel, topics) => replace.immediate(channel, topics),
    keepOnly(channels) {
      for (const channel of all().keys()) if (!channels.includes(channel)) remove.run(channel);
    },
  };
}
