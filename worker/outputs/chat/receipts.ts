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

/** So many texts without an answer are remembered, for the one that comes after all. */
const OVERDUE_MAX = 200;

export interface Expected {
  /** Another one for each text. */
  readonly nonce: string;
  readonly writtenAt: Millis;
  readonly withinMs?: Millis | undefined;
  /** The answer came after the patience for it was over: what was told as unknown is known now. */
  readonly onLate: (end: End) => void;
}

export interface Receipts {
  expect(text: Expected): Promise<Delivery>;
  accept(nonce: string | undefined): void;
  refuse(code: string, nonce?: string): void;
  /** What became of it will not be told. */
  lose(nonce: string): void;
  /** The connection went: what was on its way may or may not have arrived. */
  connectionLost(): void;
  /** Resolves when nothing that was written waits for its answer. */
  settled(): Promise<void>;
}

export type End =
  | { readonly is: "accepted" | "unknown" }
  | { readonly is: "dropped"; readonly because: string; readonly isFinal?: true };

export function makeReceipts(clock: Clock): Receipts {
  /** In the order of writing. */
  const open = new Map<string, (end: End) => void>();
  const waiting = new Set<Promise<Delivery>>();
  const overdue = new Map<string, (end: End) => void>();
  const settleOldest = (end: End) => {
    const [oldest] = open.values();
    oldest?.(end);
  };
  const settleNamed = (nonce: string, end: End) => {
    const settle = open.get(nonce) ?? overdue.get(nonce);
    overdue.delete(nonce);
    settle?.(end);
  };
  const giveUp = (nonce: string, onLate: (end: End) => void) => {
    open.get(nonce)?.({ is: "unknown" });
    overdue.set(nonce, onLate);
    const [oldest] = overdue.keys();
    if (oldest !== undefined && overdue.size > OVERDUE_MAX) overdue.delete(oldest);
  };
  return {
    expect({ nonce, writtenAt, withinMs = RECEIPT_WITHIN_MS, onLate }) {
      const ended = new Promise<Delivery>((resolve) => {
        const settle = (end: End) => {
          open.delete(nonce);
          cancel();
          resolve({ ...end, writtenAt });
        };
        let cancel = clock.after(withinMs - LAST_LOOK_MS, () => {
          cancel = clock.after(LAST_LOOK_MS, () => giveUp(nonce, onLate));
        });
        open.set(nonce, settle);
      });
      waiting.add(ended);
      void ended.then(() => waiting.delete(ended));
      return ended;
    },
    accept(nonce) {
      if (nonce === undefined) settleOldest({ is: "accepted" });
      else settleNamed(nonce, { is: "accepted" });
    },
    refuse(because, nonce) {
      const end: End = { is: "dropped", because, ...(refusesTheWords(because) && { isFinal: true }) };
      if (nonce === undefined) settleOldest(end);
      else settleNamed(nonce, end);
    },
    lose: (nonce) => open.get(nonce)?.({ is: "unknown" }),
    connectionLost() {
      for (const settle of [...open.values()]) settle({ is: "unknown" });
      overdue.clear();
    },
    async settled() {
      while (waiting.size > 0) await Promise.all(waiting);
    },
  };
}
