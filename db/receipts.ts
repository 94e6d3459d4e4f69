import * as v from "valibot";
import type { Millis } from "../shared/clock.ts";
import { Login } from "../shared/ids.ts";
import type { Db } from "./open.ts";
import { makeWrite } from "./write.ts";

export const RECEIPT_ENDS = ["accepted", "dropped", "expired"] as const;

/** How one reply ended. */
export interface Receipt {
  readonly receiptId: string;
  readonly channel: Login;
  readonly output: string;
  readonly endedAs: (typeof RECEIPT_ENDS)[number];
  readonly reason: string | undefined;
  /** Wall time, to the second. */
  readonly endedAt: Millis;
}

export interface Receipts {
  /** All of them or none; an end that is known already stays as it is. */
  put(receipts: readonly Receipt[]): void;
  /** The newest first. */
  of(channel: Login, countMax: number): readonly Receipt[];
  /** Answers with how many. */
  removeOlderThan(at: Millis): number;
}

const MS_PER_S = 1_000;
const Row = v.pipe(
  v.object({
    receipt_id: v.string(),
    channel: Login,
    output: v.string(),
    ended_as: v.picklist(RECEIPT_ENDS),
    reason: v.nullable(v.string()),
    ended_at: v.number(),
  }),
  v.transform(
    (row): Receipt => ({
      receiptId: row.receipt_id,
      channel: row.channel,
      output: row.output,
      endedAs: row.ended_as,
      reason: row.reason ?? undefined,
      endedAt: row.ended_at * MS_PER_S,
    }),
  ),
);

export function makeReceipts(db: Db): Receipts {
  const insert = db.prepare(
    "INSERT OR IGNORE INTO receipts (receipt_id, channel, output, ended_as, reason, ended_at) VALUES (?, ?, ?, ?, ?, ?)",
  );
  const select = db.prepare(
    "SELECT receipt_id, channel, output, ended_as, reason, ended_at FROM receipts WHERE channel = ? ORDER BY ended_at DESC, receipt_id LIMIT ?",
  );
  const remove = db.prepare("DELETE FROM receipts WHERE ended_at < ?");
  return {
    put: makeWrite(db, (receipts: readonly Receipt[]) => {
      for (const one of receipts) {
        const endedAt = Math.floor(one.endedAt / MS_PER_S);
        insert.run(one.receiptId, one.channel, one.output, one.endedAs, one.reason ?? null, endedAt);
      }
    }),
    of: (channel, countMax) => select.all(channel, countMax).map((raw) => v.parse(Row, raw)),
    removeOlderThan: makeWrite(db, (at: Millis) => remove.run(Math.floor(at / MS_PER_S)).changes),
  };
}
