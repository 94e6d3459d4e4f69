import * as v from "valibot";
import { Login } from "../shared/ids.ts";
import { isTopic, type Topic } from "../shared/twitch/topics.ts";
import type { Db } from "./open.ts";
import { makeWrite } from "./write.ts";

const Row = v.object({ channel: Login, topic: v.string() });

/**
 * What the house wants from EventSub, kept so that a restarted hub subscribes before its workers are back. Written by
 * the hub only, which has it in memory, too: what can't be written down (a full disk throws) is wanted all the same.
 */
export interface DesiredSubscriptions {
  all(): ReadonlyMap<Login, ReadonlySet<Topic>>;
  /** The whole wish of one channel, replacing the one before. What stands there already is not written again. */
  replace(channel: Login, topics: readonly Topic[]): void;
  /** Forgets every channel that is not among these. */
  keepOnly(channels: readonly Login[]): void;
}

export function makeDesiredSubscriptions(db: Db): DesiredSubscriptions {
  const select = db.prepare("SELECT channel, topic FROM desired_subscriptions");
  const remove = db.prepare("DELETE FROM desired_subscriptions WHERE channel = ?");
  const insert = db.prepare("INSERT OR IGNORE INTO desired_subscriptions (channel, topic) VALUES (?, ?)");
  const replace = makeWrite(db, (channel: Login, topics: readonly Topic[]) => {
    remove.run(channel);
    for (const topic of topics) insert.run(channel, topic);
  });
  const read = () => {
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
  const stored: Map<Login, ReadonlySet<Topic>> = read();
  const wanted = new Map(stored);
  return {
    all: () => wanted,
    replace(channel, topics) {
      const wish = new Set(topics);
      if (wish.size > 0) wanted.set(channel, wish);
      else wanted.delete(channel);
      if (isSame(wish, stored.get(channel) ?? new Set())) return;
      replace(channel, topics);
      stored.set(channel, wish);
    },
    keepOnly(channels) {
      const kept = new Set(channels);
      const gone = [...wanted.keys()].filter((channel) => !kept.has(channel));
      for (const channel of gone) wanted.delete(channel);
      for (const channel of gone) {
        remove.run(channel);
        stored.delete(channel);
      }
    },
  };
}

const isSame = (a: ReadonlySet<Topic>, b: ReadonlySet<Topic>): boolean =>
  a.size === b.size && [...a].every((topic) => b.has(topic));
