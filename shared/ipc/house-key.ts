/**
 * Who may speak on the house's sockets. One 256-bit key per installation lies in a 0600 file inside the 0700 run
 * folder; whoever can read it is the operator. A child is never given the key, only a credential made from it for
 * its own id and this one spawn, so a worker can't say hello as another channel.
 */
import { chmodSync, linkSync, readFileSync, unlinkSync, writeFileSync } from "node:fs";
import { lazyCrypto } from "../lazy-crypto.ts";

export type HouseKey = string & { readonly __brand: "HouseKey" };

/** Reads the key, or makes it when there is none. Safe when two processes do so at once: the first one's stays. */
export function openHouseKey(file: string): HouseKey {
  const found = findHouseKey(file);
  if (found) return found;
  const mine = `${file}.${process.pid}`;
  writeFileSync(mine, lazyCrypto().randomBytes(32).toString("hex"), { mode: 0o600 });
  chmodSync(mine, 0o600);
  try {
    linkSync(mine, file);
  } catch (problem) {
    if ((problem as NodeJS.ErrnoException).code !== "EEXIST") throw problem;
  } finally {
    unlinkSync(mine);
  }
  const made = findHouseKey(file);
  if (!made) throw new Error(`the house key ${file} is damaged: delete it while KissBot is stopped`);
  return made;
}

export function findHouseKey(file: string): HouseKey | undefined {
  try {
    const text = readFileSync(file, "utf8").trim();
    return /^[0-9a-f]{64}$/.test(text) ? (text as HouseKey) : undefined;
  } catch (problem) {
    if ((problem as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw problem;
  }
}

/** `who` is "operator", or a child's id and its spawn id. */
export function makeCredential(key: HouseKey, who: string): string {
  return lazyCrypto().createHmac("sha256", key).update(who).digest("hex");
}

export function isCredential(key: HouseKey, who: string, given: string): boolean {
  const right = Buffer.from(makeCredential(key, who));
  const said = Buffer.from(given);
  return right.length === said.length && lazyCrypto().timingSafeEqual(right, said);
}

export const OPERATOR = "operator";
export const childIdentity = (childId: string, spawnId: string) => `${childId} ${spawnId}`;
