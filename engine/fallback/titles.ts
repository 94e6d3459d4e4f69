/** One file, read into memory: its titles, keys and tables. What lies outside of it is empty. */
import { readFileSync } from "node:fs";
import { crc32 } from "node:zlib";
import {
  EXTRA_STAGES,
  ID_BITS,
  ID_MASK,
  lookUp,
  lookUpSlots,
  NAME_REF_BITS,
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

  extra(at: number): {
    readonly key: string;
    readonly id: number;
    readonly stage: (typeof EXTRA_STAGES)[number];
  } {
    const { extras } = this.#file.sections;
    const [start, number, end] = [
      wordAt(extras, 2 * at),
      wordAt(extras, 2 * at + 1),
      wordAt(extras, 2 * at + 2),
    ];
    return {
      key: this.#text("extraKeys", start, end - start),
      id: number & ID_MASK,
      stage: EXTRA_STAGES[number >>> ID_BITS] ?? "acronym",
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
    const { records } = this.#file.sections;
    const first = (id * RECORD_BYTES) / 4;
    const [at, lengths, more, last] = [0, 1, 2, 3].map((word) => wordAt(records, first + word)) as [
      number,
      number,
      number,
      number,
    ];
    return {
      at,
      rawBytes: lengths & 0xffff,
      titleBytes: lengths >>> 16,
      canonicalBytes: more & 0xffff,
      year: more >>> 16,
      popularity: last & 0xff,
    };
  }

  #text(pool: Section, start: number, length: number): string {
    return decoder.decode(this.#file.sections[pool].subarray(start, start + Math.max(0, length)));
  }
}
