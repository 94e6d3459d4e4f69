/** One file, read into memory: its titles, keys and tables. What lies outside of it is empty. */
import { readFileSync } from "node:fs";
import { crc32 } from "node:zlib";
import {
  EXTRA_HEAD_BYTES,
  EXTRA_STAGES,
  lookUp,
  lookUpSlots,
  NAME_KIND_SHIFT,
  NAME_REF_BITS,
  PLACE_BYTES,
  PLACE_MASK,
  RECORD_BYTES,
  type ReadFailure,
  type ReadFile,
  readFormat,
  SECTIONS,
  SEGMENT_REF_BITS,
  type Section,
  wordAt,
} from "./format.ts";

export type ReadTitles = { readonly is: "read"; readonly titles: Titles } | ReadFailure;

export function readTitles(file: string): ReadTitles {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    return { is: "failed", code: "missing", problem };
  }
  return toTitles(bytes);
}

export function toTitles(bytes: Buffer): ReadTitles {
  const read = readFormat(bytes);
  return read.is === "failed" ? read : { is: "read", titles: new Titles(read, bytes.length) };
}

const decoder = new TextDecoder();

export class Titles {
  readonly #file: ReadFile;
  readonly bytes: number;

  constructor(file: ReadFile, bytes: number) {
    this.#file = file;
    this.bytes = bytes;
  }

  get header(): Pick<ReadFile, "titles" | "builtAt" | "digest"> {
    return this.#file;
  }

  /** As the table of names knows it. */
  idAt(place: number): number {
    return this.#recordAt(place).id;
  }

  title(id: number): string {
    const { at, rawBytes, titleBytes } = this.#record(id);
    return this.#text("texts", at + rawBytes, titleBytes);
  }

  rawKey(id: number): string {
    const { at, rawBytes } = this.#record(id);
    return this.#text("texts", at, rawBytes);
  }

  canonicalKey(id: number): string {
    const { at, rawBytes, titleBytes, canonicalBytes } = this.#record(id);
    return canonicalBytes === 0
      ? this.#text("texts", at, rawBytes)
      : this.#text("texts", at + rawBytes + titleBytes, canonicalBytes);
  }

  year(id: number): number | undefined {
    return this.#record(id).year || undefined;
  }

  popularity(id: number): number {
    return this.#record(id).popularity;
  }

  extra(place: number): {
    readonly key: string;
    readonly id: number;
    readonly stage: (typeof EXTRA_STAGES)[number];
  } {
    const { extras } = this.#file.sections;
    const start = place * PLACE_BYTES;
    const number = wordAt(extras, start / 4);
    const length = (extras[start + 4] ?? 0) | ((extras[start + 5] ?? 0) << 8);
    return {
      key: this.#text("extras", start + EXTRA_HEAD_BYTES, length),
      id: this.idAt(number & PLACE_MASK),
      stage: EXTRA_STAGES[number >>> NAME_KIND_SHIFT] ?? "acronym",
    };
  }

  lookUpName(hash: number, found: (reference: number) => void): void {
    lookUpSlots(this.#file.sections.nameSlots, NAME_REF_BITS, hash, found);
  }

  lookUpSegment(hash: number, found: (reference: number) => void): void {
    const { segmentBuckets, segmentEntries } = this.#file.sections;
    lookUp(segmentBuckets, segmentEntries, SEGMENT_REF_BITS, hash, found);
  }

  /** What is wrong with the file, if anything. */
  verify(): string | undefined {
    const { sections, sums } = this.#file;
    const damaged = SECTIONS.find(([name]) => crc32(sections[name]) !== sums[name]);
    return damaged && `section ${damaged[0]} is damaged`;
  }

  /** Of a title that is not there: one without texts. */
  #record(id: number) {
    const { textAt, texts } = this.#file.sections;
    return this.#recordAt(id < this.#file.titles ? wordAt(textAt, id) : texts.length);
  }

  #recordAt(place: number) {
    const { texts } = this.#file.sections;
    const start = place * PLACE_BYTES;
    const byte = (at: number): number => texts[start + at] ?? 0;
    const two = (at: number): number => byte(at) | (byte(at + 1) << 8);
    return {
      at: start + RECORD_BYTES,
      rawBytes: two(0),
      titleBytes: two(2),
      canonicalBytes: two(4),
      year: two(6),
      popularity: byte(8),
      id: two(9) | (byte(11) << 16),
    };
  }

  #text(pool: Section, start: number, length: number): string {
    return decoder.decode(this.#file.sections[pool].subarray(start, start + Math.max(0, length)));
  }
}
