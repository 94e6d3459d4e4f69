/** How a backup is encrypted, and opened again: age (https://age-encryption.org), which the `age` program reads as well. */
import { ReadableStream } from "node:stream/web";

export type Seal =
  | { readonly is: "recipients"; readonly recipients: readonly string[] }
  | { readonly is: "passphrase"; readonly passphrase: string }
  | { readonly is: "open" };

/** What may open one; each that is there is tried. */
export interface Keys {
  readonly identities: readonly string[];
  readonly passphrase: string | undefined;
}

/** None of the keys is the right one. */
export class WrongKeyError extends Error {}

/**
 * scrypt's cost: 2^17 blocks take 128 MB for a second or two. age's own default is twice that, which a small machine
 * with a whole house on it may not have; OWASP asks for this one.
 */
const SCRYPT_LOG_N = 17;

/** Loaded on first use: only the process that makes or opens a backup ever needs it. */
const loadAge = () => import("age-encryption");

export async function sealBytes(
  plain: AsyncIterable<Uint8Array>,
  seal: Seal,
): Promise<AsyncIterable<Uint8Array>> {
  if (seal.is === "open") return plain;
  const { Encrypter } = await loadAge();
  const encrypter = new Encrypter();
  if (seal.is === "passphrase") {
    encrypter.setScryptWorkFactor(SCRYPT_LOG_N);
    encrypter.setPassphrase(seal.passphrase);
  } else for (const recipient of seal.recipients) encrypter.addRecipient(recipient);
  return encrypter.encrypt(toWeb(plain)) as Promise<AsyncIterable<Uint8Array> & ReadableStream>;
}

/** @throws WrongKeyError; what age says of a file that is none, or was changed, comes with its first bytes or later */
export async function unsealBytes(
  sealed: AsyncIterable<Uint8Array>,
  keys: Keys,
): Promise<AsyncIterable<Uint8Array>> {
  const { Decrypter } = await loadAge();
  const decrypter = new Decrypter();
  for (const identity of keys.identities) decrypter.addIdentity(identity);
  if (keys.passphrase !== undefined) decrypter.addPassphrase(keys.passphrase);
  try {
    return (await decrypter.decrypt(toWeb(sealed))) as AsyncIterable<Uint8Array> & ReadableStream;
  } catch (problem) {
    if (problem instanceof Error && /no identity matched/.test(problem.message)) {
      throw new WrongKeyError("none of the keys opens it", { cause: problem });
    }
    throw problem;
  }
}

/** A new pair: the identity opens what is encrypted to the recipient. */
export async function makeKeyPair(): Promise<{ readonly identity: string; readonly recipient: string }> {
  const { generateX25519Identity, identityToRecipient } = await loadAge();
  const identity = await generateX25519Identity();
  return { identity, recipient: await identityToRecipient(identity) };
}

/** What is wrong with a recipient; undefined: nothing. */
export async function findRecipientProblem(recipient: string): Promise<string | undefined> {
  const { Encrypter } = await loadAge();
  try {
    new Encrypter().addRecipient(recipient);
    return undefined;
  } catch (problem) {
    return problem instanceof Error ? problem.message : String(problem);
  }
}

/** Both are Node's own class; age asks for the one of the DOM's types. */
const toWeb = (bytes: AsyncIterable<Uint8Array>) =>
  ReadableStream.from(bytes) as unknown as Parameters<InstanceType<Age["Decrypter"]>["decrypt"]>[0] &
    globalThis.ReadableStream<Uint8Array>;
type Age = Awaited<ReturnType<typeof loadAge>>;
