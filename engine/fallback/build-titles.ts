/** An index in the common format, without what only the Rust engine's last stages read. */
import { crc32 } from "node:zlib";
import { deriveAcronyms, splitTitle } from "./acronyms.ts";
import {
  EXTRA_HEAD_BYTES,
  EXTRA_STAGES,
  ID_BITS,
  NAME_CANONICAL,
  NAME_EXTRA,
  NAME_KIND_SHIFT,
  NAME_RAW,
  NAME_REF_BITS,
  PLACE_BYTES,
  PLACE_MASK,
  placesOf,
  RECORD_BYTES,
  SECTIONS,
  SEGMENT_REF_BITS,
  type Section,
  type Sections,
  SLOT_FREE,
  slotOf,
  TITLES_MAX,
  writeFormat,
} from "./format.ts";
import { hashBytes, NAME } from "./hash.ts";
import { type Name, toName } from "./normalise-title.ts";
import { keyHashes } from "./pass-join.ts";

export interface Entry {
  readonly title: string;
  readonly year: number | undefined;
  /** 0 to 255. */
  readonly popularity: number;
  readonly aliases: readonly string[];
}

/** Of the games that share a head or a short form: so many, the best known. */
const SHARED_MAX = 8;
const ACRONYM_POPULARITY_MIN = 35;
const ENTRIES_PER_BUCKET = 2;
const BUCKET_BITS_MAX = 22;

const encoder = new TextEncoder();

/** One for each game: the same name again is the same game, unless both say their year and the years differ. */
export function mergeEntries(entries: readonly Entry[]): readonly Entry[] {
  const byKey = new Map<string, Entry[]>();
  for (const entry of entries) {
    const name = toName(entry.title);
    if (name.raw === "") continue;
    const year = entry.year ?? name.year;
    const same = byKey.get(name.raw) ?? [];
    byKey.set(name.raw, same);
    const at = same.findIndex((one) => one.year === undefined || year === undefined || one.year === year);
    const known = same[at];
    if (known === undefined) same.push({ ...entry, year });
    else
      same[at] = {
        ...known,
        year: known.year ?? year,
        popularity: Math.max(known.popularity, entry.popularity),
        aliases: [...known.aliases, ...entry.aliases],
      };
  }
  // By bytes, as the Rust engine sorts: an index is the same whoever built it.
  const byTitle = (a: Entry, b: Entry) => Buffer.compare(Buffer.from(a.title), Buffer.from(b.title));
  return [...byKey.values()]
    .flat()
    .sort((a, b) => b.popularity - a.popularity || byTitle(a, b) || (a.year ?? 0) - (b.year ?? 0))
    .slice(0, TITLES_MAX);
}

/** `entries` as `mergeEntries` gave them. */
export function buildTitles(entries: readonly Entry[], builtAt: number): Buffer {
  const [names, segments] = [new TableBuilder(NAME_REF_BITS), new TableBuilder(SEGMENT_REF_BITS)];
  const named = entries.map((entry) => ({ entry, name: toName(entry.title) }));
  const records = toRecords(named);
  for (const [id, { name }] of named.entries()) {
    addNames(records.places[id] ?? PLACE_MASK, name, names);
    addKeys(id, name, segments);
  }
  const extras = toExtraRows(toExtras(named), records.places, names);
  const segmentTable = segments.finish();
  const filled: Partial<Record<Section, Uint8Array>> = {
    ...records.sections,
    extras,
    nameSlots: names.finishSlots(),
    segmentBuckets: segmentTable.buckets,
    segmentEntries: segmentTable.entries,
    // No words: the Rust engine opens it all the same, and finds nothing by them.
    wordAt: toLittleEndian([0]),
    postingAt: toLittleEndian([0]),
    tokenAt: toLittleEndian(new Array<number>(entries.length + 1).fill(0)),
  };
  const sections = Object.fromEntries(SECTIONS.map(([name]) => [name, filled[name] ?? new Uint8Array()]));
  const digest = entries.reduce(
    (sum, { title, popularity }) => crc32(Uint8Array.of(popularity), crc32(title, sum)),
    0,
  );
  return writeFormat({ titles: entries.length, builtAt, digest }, sections as Sections);
}

/** A title that lies behind the last place is found by slips alone. */
function addNames(place: number, { raw, canonical }: Name, names: TableBuilder): void {
  if (place >= PLACE_MASK) return;
  const add = (kind: number, key: string) =>
    names.add(hashBytes(NAME, encoder.encode(key)), (kind << NAME_KIND_SHIFT) | place);
  add(NAME_RAW, raw);
  if (canonical !== raw) add(NAME_CANONICAL, canonical);
}

function addKeys(id: number, { raw, canonical }: Name, segments: TableBuilder): void {
  for (const hash of keyHashes(raw)) segments.add(hash, id);
  if (canonical === raw) return;
  for (const hash of keyHashes(canonical)) segments.add(hash, (1 << ID_BITS) | id);
}

interface Extra {
  readonly key: string;
  readonly id: number;
  readonly kind: number;
}

function toExtras(named: Named): readonly Extra[] {
  const shared = EXTRA_STAGES.map(() => new Map<string, number[]>());
  const add = (kind: number, key: string, id: number) => {
    const ids = shared[kind]?.get(key) ?? [];
    if (ids.length < SHARED_MAX && ids.at(-1) !== id) shared[kind]?.set(key, [...ids, id]);
  };
  for (const [id, { entry, name }] of named.entries()) {
    const head = splitTitle(entry.title)?.[0];
    const headKey = head === undefined ? "" : toName(head).canonical;
    if (headKey.length > 1 && headKey !== name.canonical)
      add(EXTRA_STAGES.indexOf("main-title"), headKey, id);
    if (entry.popularity >= ACRONYM_POPULARITY_MIN) {
      for (const form of deriveAcronyms(entry.title))
        if (form !== name.raw && form !== name.canonical) add(EXTRA_STAGES.indexOf("acronym"), form, id);
    }
    for (const alias of entry.aliases) {
      const key = toName(alias).raw;
      if (key !== "" && key !== name.raw) add(EXTRA_STAGES.indexOf("alias"), key, id);
    }
  }
  return shared.flatMap((byKey, kind) =>
    [...byKey].flatMap(([key, ids]) => ids.map((id) => ({ key, id, kind }))),
  );
}

/** Each at a place of its own, as core/src/build.rs puts them. */
function toExtraRows(extras: readonly Extra[], places: readonly number[], names: TableBuilder): Uint8Array {
  const rows: Uint8Array[] = [];
  let place = 0;
  for (const { key, id, kind } of extras) {
    const title = places[id] ?? PLACE_MASK;
    if (title >= PLACE_MASK || place >= PLACE_MASK) continue;
    const bytes = encoder.encode(key);
    const head = Buffer.alloc(EXTRA_HEAD_BYTES);
    head.writeUInt32LE((kind << NAME_KIND_SHIFT) | title, 0);
    head.writeUInt16LE(bytes.length, 4);
    names.add(hashBytes(NAME, bytes), (NAME_EXTRA << NAME_KIND_SHIFT) | place);
    const size = placesOf(head.length + bytes.length);
    rows.push(Buffer.concat([head, bytes], size * PLACE_BYTES));
    place += size;
  }
  return Buffer.concat(rows);
}

type Named = readonly { readonly entry: Entry; readonly name: Name }[];

interface Records {
  readonly places: readonly number[];
  readonly sections: Pick<Record<Section, Uint8Array>, "textAt" | "letters" | "texts">;
}

/** As core/src/record.rs. */
function toRecords(named: Named): Records {
  const pieces = named.map(({ entry, name }, id) => {
    const canonical = name.canonical === name.raw ? "" : name.canonical;
    const texts = [name.raw, entry.title, canonical].map((text) => encoder.encode(text));
    const record = Buffer.alloc(RECORD_BYTES);
    [...texts.map(({ length }) => length), entry.year ?? 0].forEach((value, column) => {
      record.writeUInt16LE(value & 0xffff, 2 * column);
    });
    record.writeUInt8(entry.popularity, 8);
    record.writeUIntLE(id, 9, 3);
    const piece = Buffer.concat([record, ...texts]);
    // The last ends where it ends.
    return id === named.length - 1 ? piece : Buffer.concat([piece], placesOf(piece.length) * PLACE_BYTES);
  });
  let place = 0;
  const places = pieces.map(({ length }) => {
    place += placesOf(length);
    return place - placesOf(length);
  });
  const letters = named.map(({ name }) => lettersOf(name.raw));
  return {
    places,
    sections: {
      textAt: toLittleEndian(places),
      letters: toLittleEndian(letters),
      texts: Buffer.concat(pieces),
    },
  };
}

const LETTERS = 32;

/** Which letters a key has, in 32 bits. */
const lettersOf = (key: string): number =>
  [...key].reduce((letters, one) => letters | (1 << ((one.codePointAt(0) ?? 0) % LETTERS)), 0) >>> 0;

function toLittleEndian(numbers: readonly number[]): Uint8Array {
  const bytes = Buffer.alloc(numbers.length * 4);
  for (const [at, number] of numbers.entries()) bytes.writeUInt32LE(number, at * 4);
  return bytes;
}

class TableBuilder {
  readonly #refBits: number;
  readonly #hashes: number[] = [];
  readonly #references: number[] = [];

  constructor(refBits: number) {
    this.#refBits = refBits;
  }

  add(hash: number, reference: number): void {
    this.#hashes.push(hash);
    this.#references.push(reference);
  }

  /** What was added first comes first. */
  finishSlots(): Uint8Array {
    const slots = new Uint32Array(Math.floor((this.#hashes.length * 3) / 2) + 1).fill(SLOT_FREE);
    for (const [row, hash] of this.#hashes.entries()) {
      let at = slotOf(hash, slots.length);
      while (slots[at] !== SLOT_FREE) at = (at + 1) % slots.length;
      slots[at] = (hash << this.#refBits) | (this.#references[row] ?? 0);
    }
    return toLittleEndian([...slots]);
  }

  finish(): { readonly buckets: Uint8Array; readonly entries: Uint8Array } {
    const wanted = Math.max(1, Math.floor(this.#hashes.length / ENTRIES_PER_BUCKET));
    const bits = Math.min(BUCKET_BITS_MAX, Math.max(1, Math.ceil(Math.log2(wanted))));
    const order = this.#hashes.map((hash, at) => ({ bucket: hash >>> (32 - bits), at }));
    order.sort((a, b) => a.bucket - b.bucket || a.at - b.at);
    const starts = new Array<number>((1 << bits) + 1).fill(0);
    for (const { bucket } of order) starts[bucket + 1] = (starts[bucket + 1] ?? 0) + 1;
    for (let bucket = 1; bucket < starts.length; bucket++)
      starts[bucket] = (starts[bucket] ?? 0) + (starts[bucket - 1] ?? 0);
    const entries = order.map(
      ({ at }) => (((this.#hashes[at] ?? 0) << this.#refBits) | (this.#references[at] ?? 0)) >>> 0,
    );
    return { buckets: toLittleEndian(starts), entries: toLittleEndian(entries) };
  }
}
