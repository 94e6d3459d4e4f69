/** The hashes of core/src/hash.rs: FNV-1a with the finaliser of MurmurHash3, over UTF-8. */

const OFFSET = 0x811c9dc5;
const PRIME = 0x01000193;

export const NAME = 1;
export const KEY_SEGMENT = 4;

export function hashBytes(seed: number, bytes: Uint8Array, from = 0, to = bytes.length): number {
  let hash = OFFSET ^ Math.imul(seed, 0x9e3779b1);
  for (let at = from; at < to; at++) hash = Math.imul(hash ^ (bytes[at] ?? 0), PRIME);
  hash ^= hash >>> 16;
  hash = Math.imul(hash, 0x85ebca6b);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** One piece of a key of so many characters. */
export const segmentSeed = (length: number, number: number): number =>
  KEY_SEGMENT | ((length & 0xffff) << 8) | (number << 24);
