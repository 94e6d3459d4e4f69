/** The file of core/src/format.rs: sections in their order, and how a table of hashes is laid out. */
import { crc32 } from "node:zlib";
import type { IndexFailure } from "../game-index.ts";
import { NORMALISER_VERSION } from "./normalise-title.ts";

export const SECTIONS = [
  ["textAt", 4],
  ["letters", 4],
  ["texts", 1],
  ["extras", 1],
  ["nameSlots", 4],
  ["segmentBuckets", 4],
  ["segmentEntries", 4],
  ["words", 1],
  ["wordAt", 4],
  ["wordBuckets", 4],
  ["wordEntries", 4],
  ["wordSegmentBuckets", 4],
  ["wordSegmentEntries", 4],
  ["postingAt", 4],
  ["postings", 4],
  ["tokenAt", 4],
  ["tokens", 4],
] as const;
export type Section = (typeof SECTIONS)[number][0];

const MAGIC = "KBXGAMES";
const MAJOR = 3;
export const FORMAT = `${MAJOR}.0`;
const HEADER_BYTES = 64;
const ROW_BYTES = 16;
const ALIGNED_TO = 64;

export const NAME_REF_BITS = 26;
export const SEGMENT_REF_BITS = 21;
/** The kind of a name, above so many bits of the place of its title, or of the other name. */
export const NAME_KIND_SHIFT = 24;
export const PLACE_MASK = (1 << NAME_KIND_SHIFT) - 1;
/** The kind of a key, above so many bits of title. */
export const ID_BITS = 20;
export const ID_MASK = (1 << ID_BITS) - 1;
export const TITLES_MAX = (1 << ID_BITS) - 1;
/** Before the texts of each title, as core/src/record.rs lays it out. */
export const RECORD_BYTES = 12;
/** A record begins at a multiple of so many bytes; which multiple is its place. */
export const PLACE_BYTES = 4;
export const SLOT_FREE = 0xffffffff;
export const NAME_RAW = 0;
export const NAME_CANONICAL = 1;
export const NAME_EXTRA = 2;
/** Kind and place of the title (4), length of the key (2). */
export const EXTRA_HEAD_BYTES = 6;
export const EXTRA_STAGES = ["alias", "main-title", "acronym"] as const;

export interface Header {
  readonly titles: number;
  readonly builtAt: number;
  readonly digest: number;
}

export type Sections = Readonly<Record<Section, Uint8Array>>;

export interface ReadFile extends Header {
  readonly is: "read";
  readonly sections: Sections;
  readonly sums: Readonly<Record<Section, number>>;
}

export type ReadFailure = { readonly is: "failed"; readonly code: IndexFailure; readonly problem: string };

const fail = (code: IndexFailure, problem: string): ReadFailure => ({ is: "failed", code, problem });

/** So much of a file's beginning tells whether it is an index, and whole in length. */
export const HEAD_BYTES = HEADER_BYTES + SECTIONS.length * ROW_BYTES;

/** Pure: what is wrong with a file of that length that begins like this. */
export function findHeadFailure(head: Buffer, length: number): ReadFailure | undefined {
  if (head.toString("latin1", 0, MAGIC.length) !== MAGIC) return fail("foreign", "this is no index of games");
  if (head.length < HEADER_BYTES) return fail("corrupt", "it ends within its header");
  const major = head.readUInt16LE(8);
  if (major !== MAJOR) return fail("outdated", `it has format ${major}, and ${MAJOR} is read`);
  if (crc32(head.subarray(0, 60)) !== head.readUInt32LE(60)) return fail("corrupt", "its header is damaged");
  const rules = head.readUInt32LE(12);
  if (rules !== NORMALISER_VERSION) {
    return fail("outdated", `its titles are normalised by rules ${rules}, not ${NORMALISER_VERSION}`);
  }
  const stated = head.readUInt32LE(36);
  if (stated !== length) return fail("corrupt", `it has ${length} bytes and says ${stated}`);
  const table = head.subarray(HEADER_BYTES, HEAD_BYTES);
  if (head.readUInt32LE(20) !== SECTIONS.length || crc32(table) !== head.readUInt32LE(40)) {
    return fail("corrupt", "its table of sections is damaged");
  }
  return undefined;
}

/** Pure. Every section lies within the file, or it is not read. */
export function readFormat(file: Buffer): ReadFile | ReadFailure {
  const failure = findHeadFailure(file, file.length);
  if (failure) return failure;
  const table = file.subarray(HEADER_BYTES, HEAD_BYTES);
  const rows = SECTIONS.map(([name, bytes], at) => {
    const row = at * ROW_BYTES;
    const [start, length] = [table.readUInt32LE(row), table.readUInt32LE(row + 4)];
    const fits = start >= HEADER_BYTES && start + length <= file.length && length % bytes === 0;
    return { name, fits, section: file.subarray(start, start + length), sum: table.readUInt32LE(row + 8) };
  });
  const stray = rows.find(({ fits }) => !fits);
  if (stray) return fail("corrupt", `section ${stray.name} lies outside of it`);
  return {
    is: "read",
    titles: file.readUInt32LE(16),
    builtAt: Number(file.readBigUInt64LE(24)),
    digest: file.readUInt32LE(32),
    sections: Object.fromEntries(rows.map(({ name, section }) => [name, section])) as Record<Section, Buffer>,
    sums: Object.fromEntries(rows.map(({ name, sum }) => [name, sum])) as Record<Section, number>,
  };
}

/** Pure. */
export function writeFormat(header: Header, sections: Sections): Buffer {
  let at = align(HEADER_BYTES + SECTIONS.length * ROW_BYTES);
  const placed = SECTIONS.map(([name, bytes]) => {
    const start = at;
    at = align(start + sections[name].length);
    return { start, bytes, section: sections[name] };
  });
  const file = Buffer.alloc(at);
  for (const [number, { start, bytes, section }] of placed.entries()) {
    const row = HEADER_BYTES + number * ROW_BYTES;
    [start, section.length, crc32(section), bytes].forEach((value, column) => {
      file.writeUInt32LE(value, row + column * 4);
    });
    file.set(section, start);
  }
  file.write(MAGIC, "latin1");
  file.writeUInt16LE(MAJOR, 8);
  file.writeUInt32LE(NORMALISER_VERSION, 12);
  file.writeUInt32LE(header.titles, 16);
  file.writeUInt32LE(SECTIONS.length, 20);
  file.writeBigUInt64LE(BigInt(Math.trunc(header.builtAt)), 24);
  file.writeUInt32LE(header.digest, 32);
  file.writeUInt32LE(at, 36);
  file.writeUInt32LE(crc32(file.subarray(HEADER_BYTES, HEADER_BYTES + SECTIONS.length * ROW_BYTES)), 40);
  file.writeUInt32LE(crc32(file.subarray(0, 60)), 60);
  return file;
}

/** How many places so many bytes take. */
export const placesOf = (bytes: number): number => Math.ceil(bytes / PLACE_BYTES);

const align = (bytes: number): number => Math.ceil(bytes / ALIGNED_TO) * ALIGNED_TO;

/** Whatever the place: a number, or nothing where the file has none. */
export function wordAt(section: Uint8Array, at: number): number {
  const byte = at * 4;
  const high = section[byte + 3];
  if (high === undefined) return 0;
  const low = (section[byte] ?? 0) | ((section[byte + 1] ?? 0) << 8) | ((section[byte + 2] ?? 0) << 16);
  return (low | (high << 24)) >>> 0;
}

/** Calls with each reference kept under a hash, and now and then with one of another. */
export function lookUp(
  buckets: Uint8Array,
  entries: Uint8Array,
  refBits: number,
  hash: number,
  found: (reference: number) => void,
): void {
  const bits = Math.max(1, Math.floor(Math.log2(Math.max(1, buckets.length / 4 - 1))));
  const bucket = hash >>> (32 - bits);
  const end = Math.min(wordAt(buckets, bucket + 1), entries.length / 4);
  const tag = hash & (0xffffffff >>> refBits);
  for (let at = wordAt(buckets, bucket); at < end; at++) {
    const entry = wordAt(entries, at);
    if (entry >>> refBits === tag) found(entry & ((1 << refBits) - 1));
  }
}

export const slotOf = (hash: number, slots: number): number => Math.floor((hash * slots) / 2 ** 32);

/** As `lookUp`, in the other kind of table. Each slot is looked at once at most. */
export function lookUpSlots(
  slots: Uint8Array,
  refBits: number,
  hash: number,
  found: (reference: number) => void,
): void {
  const count = Math.floor(slots.length / 4);
  const first = slotOf(hash, count);
  const tag = hash & (0xffffffff >>> refBits);
  for (let step = 0; step < count; step++) {
    const entry = wordAt(slots, (first + step) % count);
    if (entry === SLOT_FREE) return;
    if (entry >>> refBits === tag) found(entry & ((1 << refBits) - 1));
  }
}
