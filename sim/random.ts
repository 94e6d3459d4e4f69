/**
 * Seeded randomness: the same seed and the same order of calls give the same ids, tokens and jitter.
 * Nothing here is meant to be unguessable; a simulator's tokens protect nothing.
 */
export interface Random {
  /** 0 ≤ n < 1 */
  fraction(): number;
  /** An integer from 0 up to, not including, `below`. */
  below(below: number): number;
  pick<T>(from: readonly T[]): T;
  uuid(): string;
  /** Lower-case letters and digits, as Twitch's tokens and session ids look. */
  token(length: number): string;
}

const LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789";

/** mulberry32: 32 bits of state are plenty for ids in a test. */
export function makeRandom(seed: number): Random {
  let state = seed >>> 0;
  const fraction = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (n: number) => Math.floor(fraction() * n);
  const hex = (length: number) => Array.from({ length }, () => below(16).toString(16)).join("");
  return {
    fraction,
    below,
    pick: (from) => {
      if (from.length === 0) throw new RangeError("nothing to pick from");
      return from[below(from.length)] as (typeof from)[number];
    },
    uuid: () => `${hex(8)}-${hex(4)}-4${hex(3)}-${"89ab"[below(4)]}${hex(3)}-${hex(12)}`,
    token: (length) => Array.from({ length }, () => LETTERS[below(LETTERS.length)]).join(""),
  };
}
