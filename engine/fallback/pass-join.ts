/** Pass-Join as in core/src/passjoin.rs: a key within two slips still holds one of three pieces whole. Pure. */
import { hashBytes, segmentSeed } from "./hash.ts";

export const SLIPS_MAX = 2;
const SEGMENTS = SLIPS_MAX + 1;
/** In characters. */
export const LENGTH_MIN = 4;

interface Characters {
  readonly bytes: Uint8Array;
  /** Where each character begins, and where the last ends. */
  readonly at: readonly number[];
}

const encoder = new TextEncoder();

function toCharacters(text: string): Characters {
  const at = [0];
  for (const character of text) at.push((at.at(-1) ?? 0) + Buffer.byteLength(character));
  return { bytes: encoder.encode(text), at };
}

function segment(length: number, number: number): readonly [start: number, size: number] {
  const base = Math.floor(length / SEGMENTS);
  const firstLonger = SEGMENTS - (length % SEGMENTS);
  return [number * base + Math.max(0, number - firstLonger), base + (number >= firstLonger ? 1 : 0)];
}

/** Under which hashes a key is kept. */
export function keyHashes(key: string): readonly number[] {
  const { bytes, at } = toCharacters(key);
  const length = at.length - 1;
  if (length < LENGTH_MIN) return [];
  return Array.from({ length: SEGMENTS }, (_, number) => {
    const [start, size] = segment(length, number);
    return hashBytes(segmentSeed(length, number), bytes, at[start], at[start + size]);
  });
}

/** Calls with each hash under which a key within `slips` may stand. */
export function probe(query: string, slips: number, look: (hash: number) => void): void {
  const { bytes, at } = toCharacters(query);
  const length = at.length - 1;
  for (let keyLength = Math.max(length - slips, LENGTH_MIN); keyLength <= length + slips; keyLength++) {
    const difference = length - keyLength;
    for (let number = 0; number < SEGMENTS; number++) {
      const [start, size] = segment(keyLength, number);
      const left = Math.min(number, slips);
      const right = slips - left;
      const from = Math.max(start - left, start + difference - right, 0);
      const to = Math.min(start + left, start + difference + right, length - size);
      for (let place = from; place <= to; place++) {
        look(hashBytes(segmentSeed(keyLength, number), bytes, at[place], at[place + size]));
      }
    }
  }
}

/** Insertion, deletion, substitution, swap of neighbours: one each. More than `most`: undefined. */
export function slipsBetween(one: string, other: string, most: number): number | undefined {
  const [a, b] = [[...one], [...other]];
  if (Math.abs(a.length - b.length) > most) return undefined;
  let before: number[] = [];
  let above = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 0; i < a.length; i++) {
    const row = [i + 1];
    for (let j = 0; j < b.length; j++) {
      let best = Math.min(
        (above[j] ?? 0) + (a[i] === b[j] ? 0 : 1),
        (above[j + 1] ?? 0) + 1,
        (row[j] ?? 0) + 1,
      );
      if (i > 0 && j > 0 && a[i] === b[j - 1] && a[i - 1] === b[j])
        best = Math.min(best, (before[j - 1] ?? 0) + 1);
      row.push(best);
    }
    before = above;
    above = row;
  }
  const slips = above[b.length] ?? 0;
  return slips <= most ? slips : undefined;
}
