import * as v from "valibot";
import type { Millis } from "../shared/clock.ts";
import { ChannelId, UserId } from "../shared/ids.ts";
import type { Db } from "./open.ts";
import { makeWrite } from "./write.ts";

export interface PointsEntry {
  readonly channelId: ChannelId;
  readonly userId: UserId;
  /** A whole number; below zero: spent. 0 books nothing. */
  readonly change: number;
  /** "presence", "command hype", "gift from alice". */
  readonly reason: string;
  /** The same key is booked once in a channel, however often it is said: a message's id, an event's. */
  readonly onceKey?: string;
}

export type Booked =
  | { readonly is: "booked"; readonly balance: number }
  | { readonly is: "already"; readonly balance: number }
  | { readonly is: "too-few"; readonly balance: number };

export interface Holding {
  readonly channelId: ChannelId;
  readonly userId: UserId;
  readonly balance: number;
}

/** A balance that is not the sum of its entries: never, unless somebody wrote past us. */
export interface Mismatch extends Holding {
  readonly sum: number;
}

/**
 * What viewers have, as a ledger: an entry and the balance it makes are written in one transaction, and no balance
 * falls below zero. Safe from any number of processes.
 */
export interface Points {
  book(entry: PointsEntry): Booked;
  balanceOf(channelId: ChannelId, userId: UserId): number;
  /** The richest first. */
  ranking(channelId: ChannelId, countMax: number): readonly Holding[];
  /** The newest first. */
  entriesOf(
    channelId: ChannelId,
    userId: UserId,
    countMax: number,
  ): readonly { readonly change: number; readonly reason: string; readonly bookedAt: Millis }[];
  /** Everything that is known of somebody, in every channel. */
  forget(userId: UserId): void;
  mismatches(): readonly Mismatch[];
}

const Balance = v.object({ channel_id: ChannelId, user_id: UserId, balance: v.number() });
const Mismatched = v.object({ ...Balance.entries, sum: v.number() });
const Entry = v.object({ change: v.number(), reason: v.string(), booked_at: v.number() });
/** Balance and number of the newest entry. */
const Standing = v.optional(v.tuple([v.number(), v.number()]));
const NOTHING_YET = [0, 0] as const;
const MS_PER_S = 1_000;

export function makePoints(db: Db): Points {
  const select = db
    .prepare("SELECT balance, newest_entry FROM points_balances WHERE channel_id = ? AND user_id = ?")
    .raw();
  const selectOnce = db.prepare("SELECT 1 FROM points_ledger WHERE channel_id = ? AND once_key = ?");
  // Who books for the first time has no row yet; an upsert would make everybody else pay for that.
  const create = db.prepare(
    "INSERT INTO points_balances (balance, newest_entry, channel_id, user_id) VALUES (?, ?, ?, ?)",
  );
  const update = db.prepare(
    "UPDATE points_balances SET balance = ?, newest_entry = ? WHERE channel_id = ? AND user_id = ?",
  );
  const insert = db.prepare(
    `INSERT INTO points_ledger (channel_id, user_id, entry, change, reason, once_key, booked_at)
     VALUES (?, ?, ?, ?, ?, ?, unixepoch())`,
  );
  const rank = db.prepare(
    "SELECT channel_id, user_id, balance FROM points_balances WHERE channel_id = ? ORDER BY balance DESC, user_id LIMIT ?",
  );
  const entries = db.prepare(
    "SELECT change, reason, booked_at FROM points_ledger WHERE channel_id = ? AND user_id = ? ORDER BY entry DESC LIMIT ?",
  );
  const remove = db.prepare("DELETE FROM points_balances WHERE user_id = ?");
  const compare = db.prepare(
    `SELECT channel_id, user_id, balance, coalesce(sum(change), 0) AS sum
     FROM points_balances LEFT JOIN points_ledger USING (channel_id, user_id)
     GROUP BY channel_id, user_id HAVING sum <> balance`,
  );
  const find = (channelId: ChannelId, userId: UserId) => v.parse(Standing, select.get(channelId, userId));
  const balanceOf = (channelId: ChannelId, userId: UserId): number => find(channelId, userId)?.[0] ?? 0;

  // All others wait as long as this takes: see migration 0011.
  const book = makeWrite(db, (entry: PointsEntry): Booked => {
    const { channelId, userId, change, reason, onceKey } = entry;
    const found = find(channelId, userId);
    const [before, newestEntry] = found ?? NOTHING_YET;
    if (onceKey !== undefined && selectOnce.get(channelId, onceKey))
      return { is: "already", balance: before };
    const balance = before + change;
    if (balance < 0) return { is: "too-few", balance: before };
    if (change !== 0) {
      (found ? update : create).run(balance, newestEntry + 1, channelId, userId);
      insert.run(channelId, userId, newestEntry + 1, change, reason, onceKey ?? null);
    }
    return { is: "booked", balance };
  });
  const toHolding = (row: v.InferOutput<typeof Balance>): Holding => ({
    channelId: row.channel_id,
    userId: row.user_id,
    balance: row.balance,
  });
  return {
    book(entry) {
      if (!Number.isSafeInteger(entry.change))
        throw new RangeError(`points are whole numbers: ${entry.change}`);
      return book(entry);
    },
    balanceOf,
    ranking: (channelId, countMax) =>
      rank.all(channelId, countMax).map((raw) => toHolding(v.parse(Balance, raw))),
    entriesOf: (channelId, userId, countMax) =>
      entries.all(channelId, userId, countMax).map((raw) => {
        const { change, reason, booked_at: bookedAt } = v.parse(Entry, raw);
        return { change, reason, bookedAt: bookedAt * MS_PER_S };
      }),
    forget: makeWrite(db, (userId: UserId) => void remove.run(userId)),
    mismatches: () =>
      compare.all().map((raw) => {
        const row = v.parse(Mismatched, raw);
        return { ...toHolding(row), sum: row.sum };
      }),
  };
}
