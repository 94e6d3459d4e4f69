import { lazyCrypto } from "./lazy-crypto.ts";

/** Names a token without giving it away. */
export const tokenFingerprint = (token: string): string =>
  lazyCrypto().createHash("sha256").update(token).digest("hex").slice(0, 32);
