/**
 * Fernet, as its specification (github.com/fernet/spec) says it: AES-128-CBC with PKCS#7 below an HMAC-SHA256, in
 * URL-safe base64. The format of the original's tokens, and of ours. Pure: time and randomness are handed in.
 */
import { createCipheriv, createDecipheriv, createHash, createHmac, timingSafeEqual } from "node:crypto";
import type { Millis } from "../../shared/clock.ts";

/** 32 bytes: the first half signs, the second encrypts. */
export interface FernetKey {
  readonly signing: Buffer;
  readonly encrypting: Buffer;
  /** Names the key without giving it away: the first 16 hex digits of its text's SHA-256, as the original shows it. */
  readonly fingerprint: string;
}

export type Opened =
  | { readonly is: "opened"; readonly plain: Buffer; readonly sealedAt: Millis }
  | { readonly is: "refused"; readonly because: FernetRefusal };
export type FernetRefusal = "malformed" | "wrong-key-or-changed" | "expired" | "from-the-future";

const KEY_BYTES = 32;
const HALF_BYTES = 16;
const VERSION = 0x80;
const TIME_AT = 1;
const IV_AT = 9;
const CIPHERTEXT_AT = 25;
const BLOCK_BYTES = 16;
const MAC_BYTES = 32;
const SMALLEST_BYTES = CIPHERTEXT_AT + BLOCK_BYTES + MAC_BYTES;
/** The specification's: how far a sealer's clock may run ahead of ours. */
const CLOCK_SKEW_MS: Millis = 60_000;
const MS_PER_S = 1_000;
const FINGERPRINT_DIGITS = 16;

/** URL-safe alphabet only, padded to four, and nothing behind the padding. */
const BASE64URL = /^(?:[A-Za-z0-9_-]{4})*(?:[A-Za-z0-9_-]{2}==|[A-Za-z0-9_-]{3}=)?$/;

function parseBase64Url(text: string): Buffer | undefined {
  if (!BASE64URL.test(text)) return undefined;
  const bytes = Buffer.from(text, "base64url");
  // Bits that no byte holds must be zero: one text for one value.
  return toBase64Url(bytes) === text ? bytes : undefined;
}

/** With padding, as the specification wants it and Node's own base64url leaves it out. */
const toBase64Url = (bytes: Buffer): string =>
  bytes.toString("base64").replaceAll("+", "-").replaceAll("/", "_");

/** undefined: 44 characters of URL-safe base64 are what a key looks like. */
export function parseFernetKey(text: string): FernetKey | undefined {
  const bytes = parseBase64Url(text);
  if (bytes?.length !== KEY_BYTES) return undefined;
  return {
    signing: bytes.subarray(0, HALF_BYTES),
    encrypting: bytes.subarray(HALF_BYTES),
    fingerprint: createHash("sha256").update(text).digest("hex").slice(0, FINGERPRINT_DIGITS),
  };
}

/** `random`: 32 bytes from a cryptographic source. */
export const toKeyText = (random: Buffer): string => toBase64Url(random);

export function sealFernet(key: FernetKey, plain: Buffer, at: Millis, iv: Buffer): string {
  const head = Buffer.alloc(CIPHERTEXT_AT);
  head.writeUInt8(VERSION, 0);
  head.writeBigUInt64BE(BigInt(Math.floor(at / MS_PER_S)), TIME_AT);
  iv.copy(head, IV_AT);
  const cipher = createCipheriv("aes-128-cbc", key.encrypting, iv);
  const body = Buffer.concat([head, cipher.update(plain), cipher.final()]);
  return toBase64Url(Buffer.concat([body, macOf(key, body)]));
}

/** `ageMax`: what is older is refused; left out, as for what is kept at rest, time is not looked at. */
export function openFernet(
  key: FernetKey,
  token: string,
  ageMax?: { readonly now: Millis; readonly ttlMs: Millis },
): Opened {
  const bytes = parseBase64Url(token);
  if (!bytes || bytes.length < SMALLEST_BYTES || bytes[0] !== VERSION) return refused("malformed");
  const body = bytes.subarray(0, -MAC_BYTES);
  // The seal first: what somebody else made is never decrypted, so nothing is learnt from how its padding fails.
  if (!timingSafeEqual(macOf(key, body), bytes.subarray(-MAC_BYTES))) return refused("wrong-key-or-changed");
  const sealedAt = Number(body.readBigUInt64BE(TIME_AT)) * MS_PER_S;
  if (ageMax && ageMax.now > sealedAt + ageMax.ttlMs) return refused("expired");
  if (ageMax && sealedAt > ageMax.now + CLOCK_SKEW_MS) return refused("from-the-future");
  const plain = decrypt(key, body.subarray(IV_AT, CIPHERTEXT_AT), body.subarray(CIPHERTEXT_AT));
  return plain ? { is: "opened", plain, sealedAt } : refused("malformed");
}

function decrypt(key: FernetKey, iv: Buffer, ciphertext: Buffer): Buffer | undefined {
  try {
    const cipher = createDecipheriv("aes-128-cbc", key.encrypting, iv);
    return Buffer.concat([cipher.update(ciphertext), cipher.final()]);
  } catch {
    // Sealed with the right key and yet no whole blocks, or padded wrongly: whoever sealed it did it wrong.
    return undefined;
  }
}

const macOf = (key: FernetKey, body: Buffer): Buffer =>
  createHmac("sha256", key.signing).update(body).digest();

const refused = (because: FernetRefusal): Opened => ({ is: "refused", because });
