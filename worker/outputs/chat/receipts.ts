/**
 * What was written and is not yet known to have arrived. Each text goes out with a nonce; Twitch's echo that names
 * it settles that very text, so one that Twitch dropped without a word is not taken for the next one that arrived.
 * An echo without a nonce, and a NOTICE, which never has one, settle the oldest.
 */
import type { Clock, Millis } from "../../../shared/clock.ts";
import type { Delivery } from "../../output.ts";
import { refusesTheWords } from "./not-sent-codes.ts";

/** Twitch drops some messages without a word; no answer for this long counts as one of them. */
export const RECEIPT_WITHIN_MS: Millis = 5_000;
/**
 * The end of that time. A process that was kept from running finds its timers and what Twitch said meanwhile due at
 * once, and timers go first: between this one and the last, what has arrived is read.
 */
export const LAST_LOOK_MS: Millis = 50;

export interface Receipts {
  /** `nonce`: another one for each text. */
  expect(nonce: string, writtenAt: Millis, withinMs?: Millis): Promise<Delivery>;
  accept(nonce: string | undefined): void;
  refuse(code: string, nonce?: string): void;
  /** What became of it will not be told. */
  lose(nonce: string): void;
  /** The connection went: what was on its way may or may not have arrived. */
  connectionLost(): void;
}

type End =
  | { readonly is: "accepted" | "expired" }
  | { readonly is: "dropped"; readonly because: string; readonly isFinal?: true };

export function makeReceipts(clock: Clock): Receipts {
  /** In the order of writing. */
  const open = new Map<string, (end: End) => void>();
  const settleOldest = (end: End) => {
    const [oldest] = open.values();
    oldest?.(end);
  };
  return {
    expect(nonce, writtenAt, withinMs = RECEIPT_WITHIN_MS) {
      return new Promise((resolve) => {
        const settle = (end: End) => {
          open.delete(nonce);
          cancel();
          resolve({ ...end, writtenAt });
        };
        let cancel = clock.after(withinMs - LAST_LOOK_MS, () => {
          cancel = clock.after(LAST_LOOK_MS, () => settle({ is: "expired" }));
        });
        open.set(nonce, settle);
      });
    },
    accept(nonce) {
      if (nonce === undefined) settleOldest({ is: "accepted" });
      // Unknown: it came after the patience for it was over.
      else open.get(nonce)?.({ is: "accepted" });
    },
    refuse(because, nonce) {
      const end: End = { is: "dropped", because, ...(refusesTheWords(because) && { isFinal: true }) };
      if (nonce === undefined) settleOldest(end);
      else open.get(nonce)?.(end);
    },
    lose: (nonce) => open.get(nonce)?.({ is: "expired" }),
    connectionLost() {
      for (const settle of [...open.values()]) settle({ is: "expired" });
    },
  };
}
