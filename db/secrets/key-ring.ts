/**
 * The keys of one installation, as text: one key to a line (or between commas, as an environment variable writes
 * it), each with its version before it. The first seals; all of them open, so that a key can be replaced while rows
 * and backups sealed by the one before are about. An original's `.kissbot.key`, a bare key, is a ring of one. Pure.
 */
import { type FernetKey, openFernet, parseFernetKey, sealFernet } from "./fernet.ts";

export interface RingKey extends FernetKey {
  readonly version: number;
  /** The key itself: for the file and for nothing else. */
  readonly text: string;
}

/** The newest first. */
export type KeyRing = readonly [RingKey, ...RingKey[]];

export type ParsedRing =
  | { readonly is: "ring"; readonly ring: KeyRing }
  | { readonly is: "wrong"; readonly problem: string };

/** A ring is some lines; a file beyond this is something else. */
export const RING_CHARACTERS_MAX = 64 * 1024;
const ENTRY = /^(?:(?<version>[1-9]\d{0,8})\s+)?(?<key>\S+)$/;

export function parseKeyRing(text: string): ParsedRing {
  if (text.length > RING_CHARACTERS_MAX) return { is: "wrong", problem: "it is too large for a key ring" };
  const entries = text
    .split("\n")
    // Before the commas: a comment may have some.
    .filter((line) => !line.trim().startsWith("#"))
    .flatMap((line) => line.split(","))
    .map((entry) => entry.trim())
    .filter((entry) => entry !== "");
  const keys: RingKey[] = [];
  for (const [at, entry] of entries.entries()) {
    const { version, key = "" } = ENTRY.exec(entry)?.groups ?? {};
    const parsed = parseFernetKey(key);
    // Never the entry itself: it may be a key with a slip of the pen.
    if (!parsed) return { is: "wrong", problem: `entry ${at + 1} is no Fernet key` };
    keys.push({ ...parsed, text: key, version: version ? Number(version) : entries.length - at });
  }
  const [first, ...others] = keys;
  if (!first) return { is: "wrong", problem: "there is no key in it" };
  const isTwice = new Set(keys.map(({ fingerprint }) => fingerprint)).size < keys.length;
  return isTwice
    ? { is: "wrong", problem: "the same key stands in it twice" }
    : { is: "ring", ring: [first, ...others] };
}

const HEAD =
  "# KissBot's keys: the first seals, all of them open what is in the database.\n" +
  "# Whoever has this file and the database has the tokens: keep a copy, and not beside the backups.\n";

export const toRingText = (ring: KeyRing): string =>
  `${HEAD}${ring.map(({ version, text }) => `${version} ${text}\n`).join("")}`;

/** `keyText`: from toKeyText. */
export function withNewKey(ring: readonly RingKey[], keyText: string): KeyRing {
  const parsed = parseFernetKey(keyText);
  if (!parsed) throw new TypeError("a key of another length than Fernet's");
  const version = Math.max(0, ...ring.map((one) => one.version)) + 1;
  return [{ ...parsed, version, text: keyText }, ...ring];
}

export interface Sealed {
  readonly text: string;
  readonly keyFingerprint: string;
}

export type Unsealed =
  | { readonly is: "opened"; readonly secret: string }
  /** No key of the ring made it, or it was changed since. */
  | { readonly is: "no-key" }
  /** A good seal that was made for another place: somebody copied it here. */
  | { readonly is: "misplaced" };

/** `place`: the row and column it is for, which a moved ciphertext gives away. It holds no line break. */
export function sealSecret(
  ring: KeyRing,
  place: string,
  secret: string,
  using: { readonly at: number; readonly iv: Buffer },
): Sealed {
  const [key] = ring;
  return {
    text: sealFernet(key, Buffer.from(`${place}\n${secret}`), using.at, using.iv),
    keyFingerprint: key.fingerprint,
  };
}

export function unsealSecret(ring: KeyRing, place: string, sealed: string): Unsealed {
  for (const key of ring) {
    const opened = openFernet(key, sealed);
    if (opened.is === "refused") continue;
    const text = opened.plain.toString("utf8");
    const cut = text.indexOf("\n");
    return text.slice(0, cut) === place ? { is: "opened", secret: text.slice(cut + 1) } : { is: "misplaced" };
  }
  return { is: "no-key" };
}
