/** From files to one sealed file, and back. Neither holds more than some pieces of 64 kB in memory. */
import { createHash, type Hash } from "node:crypto";
import { createReadStream, mkdirSync, statSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { createGunzip, createGzip } from "node:zlib";
import * as v from "valibot";
import { KissError, toError } from "../shared/errors.ts";
import { isKnownName, MANIFEST_NAME, Manifest } from "./manifest.ts";
import { toRoomError } from "./room.ts";
import { type Keys, type Seal, sealBytes, unsealBytes, WrongKeyError } from "./seal.ts";
import { readTar, TarError, tarEnd, tarPadding, toTarHeader } from "./tar.ts";

export interface PackedFile {
  readonly name: string;
  readonly path: string;
  readonly bytes: number;
}

interface Written {
  readonly bytes: number;
  readonly sha256: string;
}

/** A database is text and numbers: the quickest level takes half of it away, and the next ones little more. */
const GZIP_LEVEL = 3;
const PIECE_BYTES = 64 * 1024;
/** A manifest names tables; one beyond this is none. */
const MANIFEST_BYTES_MAX = 1024 * 1024;

/** Writes `target` anew and to the disk; the file's size and SHA-256. */
export async function packFiles(using: {
  readonly manifest: Manifest;
  readonly files: readonly PackedFile[];
  readonly seal: Seal;
  readonly target: string;
}): Promise<Written> {
  const { manifest, files, seal, target } = using;
  const handle = await open(target, "wx", 0o600);
  try {
    const written = await pipeline(
      toTar(manifest, files),
      createGzip({ level: GZIP_LEVEL }),
      async (packed) => writeAll(await sealBytes(packed, seal), handle),
    );
    await handle.sync();
    return written;
  } finally {
    await handle.close();
  }
}

async function* toTar(manifest: Manifest, files: readonly PackedFile[]): AsyncGenerator<Buffer> {
  const at = new Date(manifest.createdAt);
  const first = Buffer.from(JSON.stringify(manifest, undefined, 2));
  yield toTarHeader(MANIFEST_NAME, first.length, at);
  yield first;
  yield tarPadding(first.length);
  for (const { name, path, bytes } of files) {
    yield toTarHeader(name, bytes, at);
    let read = 0;
    for await (const piece of createReadStream(path, { highWaterMark: PIECE_BYTES })) {
      read += (piece as Buffer).length;
      yield piece as Buffer;
    }
    if (read !== bytes) throw new Error(`${path} changed while it was packed`);
    yield tarPadding(bytes);
  }
  yield tarEnd();
}

/**
 * What is in a backup, into `folder`; each file is what the manifest says it is.
 * @throws KissError backup-key-wrong, backup-damaged, backup-no-room
 */
export async function unpackFile(file: string, keys: Keys, folder: string): Promise<Manifest> {
  try {
    const stats = statSync(file);
    // A device may never end.
    if (!stats.isFile())
      throw new KissError("backup-not-found", `${file} is ${stats.isDirectory() ? "a folder" : "a device"}`);
    const source = createReadStream(file, { highWaterMark: PIECE_BYTES });
    const isEncrypted = file.endsWith(".age");
    const plain = isEncrypted ? await unsealBytes(source, keys) : source;
    return await pipeline(plain, createGunzip(), (unpacked) => unpackTar(unpacked, folder));
  } catch (problem) {
    throw toBackupError(file, problem, folder);
  }
}

async function unpackTar(plain: AsyncIterable<Uint8Array>, folder: string): Promise<Manifest> {
  let manifest: Manifest | undefined;
  const found = new Map<string, Written>();
  for await (const { name, bytes, content } of readTar(plain)) {
    if (!isKnownName(name) || found.has(name)) throw new TarError(`"${name}" does not belong into a backup`);
    if (!manifest) {
      manifest = await readManifest(name, bytes, content);
      continue;
    }
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    const handle = await open(path, "wx", 0o600);
    try {
      found.set(name, await writeAll(content, handle));
      await handle.sync();
    } finally {
      await handle.close();
    }
  }
  if (!manifest) throw new TarError("the archive is empty");
  for (const { name, bytes, sha256 } of manifest.files) {
    const file = found.get(name);
    if (file?.bytes !== bytes || file.sha256 !== sha256) throw new TarError(`${name} is not what it was`);
  }
  if (found.size !== manifest.files.length) throw new TarError("it holds more than its manifest says");
  return manifest;
}

async function readManifest(name: string, bytes: number, content: AsyncIterable<Buffer>): Promise<Manifest> {
  if (name !== MANIFEST_NAME || bytes > MANIFEST_BYTES_MAX)
    throw new TarError("it does not begin with a manifest");
  const pieces: Buffer[] = [];
  for await (const piece of content) pieces.push(piece);
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), Manifest), Buffer.concat(pieces).toString());
  if (!parsed.success) throw new TarError("its manifest is none, or one of a newer KissBot");
  return parsed.output;
}

async function writeAll(content: AsyncIterable<Uint8Array>, handle: FileHandle): Promise<Written> {
  const hash: Hash = createHash("sha256");
  let bytes = 0;
  for await (const piece of content) {
    hash.update(piece);
    bytes += piece.length;
    for (let at = 0; at < piece.length; ) at += (await handle.write(piece, at)).bytesWritten;
  }
  return { bytes, sha256: hash.digest("hex") };
}

/** Whatever can't be read for any other reason is damaged: age, gzip and tar each have their own words for it. */
function toBackupError(file: string, problem: unknown, folder: string): Error {
  if (problem instanceof WrongKeyError) return new KissError("backup-key-wrong", file, { cause: problem });
  const error = toRoomError(folder, problem);
  if (error instanceof KissError) return error;
  const { code } = error as NodeJS.ErrnoException;
  if (code === "ENOENT") return new KissError("backup-not-found", file, { cause: error });
  if (code === "EACCES" || code === "EPERM")
    return new KissError("backup-not-found", `${file} can't be read by this user`, { cause: error });
  if (code?.startsWith("E") && !code.startsWith("ERR_")) return error;
  return new KissError("backup-damaged", `${file}: ${toError(problem).message}`, { cause: problem });
}
