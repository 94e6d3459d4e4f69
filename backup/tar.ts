/**
 * The container: an ordinary tar of a few files (POSIX ustar), so that a backup can be opened with `age` and `tar` where
 * there is no KissBot. What is read is not trusted: a wrong checksum, an unknown kind, or an end that comes too soon ends
 * the reading.
 */
const BLOCK = 512;
const SIZE_MAX = 8 ** 11 - 1;
const FILE_MODE = "0000600\0";

export interface TarEntry {
  readonly name: string;
  readonly bytes: number;
  /** To be read to its end before the next entry is asked for. */
  readonly content: AsyncIterable<Buffer>;
}

/** The archive was cut off, or was never one. */
export class TarError extends Error {}

/** Pure. */
export function toTarHeader(name: string, bytes: number, at: Date): Buffer {
  if (bytes > SIZE_MAX) throw new TarError(`${name} is larger than 8 GiB`);
  const header = Buffer.alloc(BLOCK);
  const octal = (value: number, width: number) => `${value.toString(8).padStart(width - 1, "0")}\0`;
  header.write(name, 0, 100, "utf8");
  header.write(FILE_MODE, 100, "latin1");
  header.write(octal(0, 8), 108, "latin1");
  header.write(octal(0, 8), 116, "latin1");
  header.write(octal(bytes, 12), 124, "latin1");
  header.write(octal(Math.floor(at.getTime() / 1_000), 12), 136, "latin1");
  header.write("0", 156, "latin1");
  header.write("ustar\x0000", 257, "latin1");
  header.write(octal(checksumOf(header), 7), 148, "latin1");
  header.write(" ", 155, "latin1");
  return header;
}

/** Pure: zeros up to the next block. */
export const tarPadding = (bytes: number): Buffer => Buffer.alloc((BLOCK - (bytes % BLOCK)) % BLOCK);
export const tarEnd = (): Buffer => Buffer.alloc(2 * BLOCK);

/** Of a header, its own field counted as spaces. */
function checksumOf(header: Buffer): number {
  let sum = 0;
  for (const [at, byte] of header.entries()) sum += at >= 148 && at < 156 ? 0x20 : byte;
  return sum;
}

/** @throws TarError */
export async function* readTar(source: AsyncIterable<Uint8Array>): AsyncGenerator<TarEntry> {
  const bytes = openBytes(source);
  for (;;) {
    const header = await bytes.take(BLOCK);
    if (header.every((byte) => byte === 0)) {
      // What follows the end is read too: whoever sealed the whole sees only so that nothing is missing.
      await bytes.drain();
      return;
    }
    const { name, size } = parseHeader(header);
    yield { name, bytes: size, content: bytes.pieces(size) };
    await bytes.take((BLOCK - (size % BLOCK)) % BLOCK);
  }
}

function parseHeader(header: Buffer): { readonly name: string; readonly size: number } {
  const text = (from: number, to: number) => header.toString("utf8", from, to).replace(/\0[\s\S]*$/, "");
  const octal = (from: number, to: number) => {
    const found = /^ *([0-7]{1,11}) *$/.exec(text(from, to));
    if (!found) throw new TarError("a header of the archive is no header");
    return Number.parseInt(found[1] ?? "", 8);
  };
  if (octal(148, 156) !== checksumOf(header)) throw new TarError("a header's checksum is wrong");
  if (text(156, 157) !== "0") throw new TarError("the archive holds something that is no file");
  return { name: text(0, 100), size: octal(124, 136) };
}

/** Bytes by the number asked for, out of pieces as they come. */
function openBytes(source: AsyncIterable<Uint8Array>) {
  const iterator = source[Symbol.asyncIterator]();
  let left: Buffer = Buffer.alloc(0);
  const refill = async () => {
    while (left.length === 0) {
      const next = await iterator.next();
      if (next.done) throw new TarError("the archive ends too soon");
      left = Buffer.from(next.value.buffer, next.value.byteOffset, next.value.byteLength);
    }
  };
  const some = async (countMax: number): Promise<Buffer> => {
    await refill();
    const piece = left.subarray(0, countMax);
    left = left.subarray(piece.length);
    return piece;
  };
  async function* pieces(count: number): AsyncGenerator<Buffer> {
    for (let due = count; due > 0; ) {
      const piece = await some(due);
      due -= piece.length;
      yield piece;
    }
  }
  return {
    pieces,
    async take(count: number): Promise<Buffer> {
      const taken: Buffer[] = [];
      for await (const piece of pieces(count)) taken.push(piece);
      return Buffer.concat(taken);
    },
    async drain() {
      for (let next = await iterator.next(); !next.done; next = await iterator.next()) {
        // Nothing of it is of use.
      }
    },
  };
}
