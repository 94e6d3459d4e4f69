/**
 * The key ring on disk. Promises: the file is 0600 from its first byte; two that make one at the same moment have the
 * same one afterwards; a new ring replaces the old whole, and is on the disk before anything is sealed with it; what
 * is there and cannot be read is never overwritten.
 */
import { randomBytes } from "node:crypto";
import {
  closeSync,
  fsyncSync,
  linkSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import { KissError, toError } from "../../shared/errors.ts";
import { describeKeySource, type KeySource } from "../../shared/key-source.ts";
import { toKeyText } from "./fernet.ts";
import { type KeyRing, parseKeyRing, RING_CHARACTERS_MAX, toRingText, withNewKey } from "./key-ring.ts";

export type RingFound =
  | { readonly is: "ring"; readonly ring: KeyRing }
  | { readonly is: "missing" }
  | { readonly is: "wrong"; readonly problem: string };

export interface KeyChest {
  readonly source: KeySource;
  /** Looked at anew each time: another process may have rotated it. */
  find(): RingFound;
  /** @throws KissError key-missing, key-wrong */
  get(): KeyRing;
  /** The ring that is there, or a new one. Only for a database in which nothing is sealed yet. @throws KissError key-missing, key-wrong */
  getOrMake(): KeyRing;
  /** Puts a fresh key before the others, on disk when it returns. @throws KissError key-not-ours */
  addKey(): KeyRing;
  /** Keeps only the keys with these fingerprints, the one that seals in any case. @throws KissError key-not-ours */
  keepOnly(fingerprints: ReadonlySet<string>): KeyRing;
}

const KEY_BYTES = 32;
const OWNER_ONLY = 0o600;
const isCode = (problem: unknown, code: string): boolean =>
  problem instanceof Error && "code" in problem && problem.code === code;

export function openKeyChest(source: KeySource, random: (bytes: number) => Buffer = randomBytes): KeyChest {
  const where = describeKeySource(source);
  const find = (): RingFound =>
    source.is === "text" ? parseKeyRing(source.text) : findRingFile(source.file);
  const get = (): KeyRing => {
    const found = find();
    if (found.is === "ring") return found.ring;
    if (found.is === "missing") throw new KissError("key-missing", where);
    throw new KissError("key-wrong", `${where}: ${found.problem}`);
  };
  const ownFile = (): string => {
    if (source.is === "file" && source.isOurs) return source.file;
    throw new KissError("key-not-ours", where);
  };
  const freshKey = () => toKeyText(random(KEY_BYTES));
  return {
    source,
    find,
    get,
    getOrMake() {
      if (source.is === "file" && source.isOurs && find().is === "missing") {
        makeRingFile(source.file, withNewKey([], freshKey()));
      }
      return get();
    },
    addKey() {
      const file = ownFile();
      const ring = withNewKey(get(), freshKey());
      replaceRingFile(file, ring);
      return ring;
    },
    keepOnly(fingerprints) {
      const file = ownFile();
      const [first, ...others] = get();
      const ring: KeyRing = [first, ...others.filter((key) => fingerprints.has(key.fingerprint))];
      replaceRingFile(file, ring);
      return ring;
    },
  };
}

function findRingFile(file: string): RingFound {
  try {
    const stats = statSync(file);
    // A device may never end.
    if (!stats.isFile()) return { is: "wrong", problem: "it is no file" };
    if (stats.size > RING_CHARACTERS_MAX) return { is: "wrong", problem: "it is too large for a key ring" };
    return parseKeyRing(readFileSync(file, "utf8"));
  } catch (problem) {
    return isCode(problem, "ENOENT") ? { is: "missing" } : { is: "wrong", problem: toError(problem).message };
  }
}

/** Whoever links first has made it; the other one's key was never used and is gone. */
function makeRingFile(file: string, ring: KeyRing): void {
  const mine = writeAside(file, ring);
  try {
    linkSync(mine, file);
    syncFolder(dirname(file));
  } catch (problem) {
    if (!isCode(problem, "EEXIST")) throw problem;
  } finally {
    rmSync(mine, { force: true });
  }
}

function replaceRingFile(file: string, ring: KeyRing): void {
  const mine = writeAside(file, ring);
  try {
    renameSync(mine, file);
  } catch (problem) {
    rmSync(mine, { force: true });
    throw problem;
  }
  syncFolder(dirname(file));
}

function writeAside(file: string, ring: KeyRing): string {
  const mine = `${file}.${process.pid}`;
  // What a killed process of the same number left behind.
  rmSync(mine, { force: true });
  const handle = openSync(mine, "wx", OWNER_ONLY);
  try {
    writeSync(handle, toRingText(ring));
    fsyncSync(handle);
  } catch (problem) {
    rmSync(mine, { force: true });
    throw problem;
  } finally {
    closeSync(handle);
  }
  return mine;
}

/** A name is on disk when its folder is. */
function syncFolder(folder: string): void {
  const handle = openSync(folder, "r");
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
