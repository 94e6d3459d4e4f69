import { createHash } from "node:crypto";

/** Names a token without giving it away. */
export const tokenFingerprint = (token: string): string =>
  createHash("sha256").update(token).digest("hex").slice(0, 32);
