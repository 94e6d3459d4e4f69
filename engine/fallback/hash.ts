/** The hashes of core/src/hash.rs: four bytes a step, and the finaliser of MurmurHash3, over UTF-8. */

const OFFSET = 0x811c9dc5;
const FACTOR = 0x9e3779b1;
const TURNED_BY = 13;

export const NAME = 1;
export const KEY_SEGMENT = 4;

const WORD_BYTES = 4;

export function hashBytes(seed: number, bytes: Uint8Array, from = 0, to = bytes.length): number {
  const byte = (at: number): number => bytes[at] ?? 0;
  const whole = to - ((to - from) % WORD_BYTES);
  let hash = OFFSET ^ Math.imul(seed, FACTOR);
  for (let at = from; at < whole; at += WORD_BYTES)
    hash = mix(hash, byte(at) | (byte(at + 1) << 8) | (byte(at + 2) << 16) | (byte(at + 3) << 24));
  const rest = to - whole;
  // Of one to three bytes the first, that in the middle and the last are all, and how many says which.
  if (rest > 0)
    hash = mix(hash, byte(whole) | (byte(whole + (rest >> 1)) << 8) | (byte(to - 1) << 16) | (rest << 24));
  hash ^= hash >>> 16;
  hash = Math.imul(hash, 0x85ebca6b);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

function mix(hash: number, word: number): number {
  const mixed = Math.imul(hash ^ word, FACTOR);
  return (mixed << TURNED_BY) | (mixed >>> (32 - TURNED_BY));
}

/** One piece of a key of so many characters. */
export const segmentSeed = (length: number, number: number): number =>
  KEY_SEGMENT | ((length & 0xffff) << 8) | (number << 24);
