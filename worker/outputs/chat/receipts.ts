/** What was written and is not yet known to have arrived. Twitch answers in order: an echo, or a NOTICE with the reason. */
import type { Clock, Millis } from "../../../shared/clock.ts";
import type { Delivery } from "../../output.ts";

/** Twitch drops some messages without a word; no answer for this long counts as one of them. */
export const RECEIPT_WITHIN_MS: Millis = 5_000;

export interface Receipts {
  expect(writtenAt: Millis): Promise<Delivery>;
  accept(): void;
  refuse(code: string): void;
  /** The connection went: what was on its way may or may not have arrived. */
  connectionLost(): void;
}

type End = { readonly is: "accepted" | "expired" } | { readonly is: "dropped"; readonly because: string };

export function makeReceipts(clock: Clock): Receipts {
  const open = new Set<(end: End) => void>();
  const settleOldest = (end: End) => {
    const [oldest] = open;
    oldest?.(end);
  };
  return {
    expect(writtenAt) {
      return new Promise((resolve) => {
        const settle = (end: End) => {
          open.delete(settle);
          cancel();
          resolve({ ...end, writtenAt });
        };
        const cancel = clock.after(RECEIPT_WITHIN_MS, () => settle({ is: "expired" }));
        open.add(settle);
      });
    },
    accept: () => settleOldest({ is: "accepted" }),
    refuse: (because) => settleOldest({ is: "dropped", because }),
    connectionLost() {
      for (const settle of [...open]) settle({ is: "expired" });
    },
  };
}
