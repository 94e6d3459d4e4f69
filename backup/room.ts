/** Room on disks: asked for before anything is begun, and a full disk on the way told in the same words. */
import { statfsSync } from "node:fs";
import { KissError, toError } from "../shared/errors.ts";

/** Logs and the live database need some, too. */
const MARGIN_BYTES = 16 * 1024 * 1024;
const BYTES_PER_MB = 1024 * 1024;

/** @throws KissError backup-no-room */
export function requireRoom(folder: string, bytes: number): void {
  const { bavail, bsize } = statfsSync(folder);
  const free = bavail * bsize;
  if (free >= bytes + MARGIN_BYTES) return;
  const mb = (count: number) => `${Math.ceil(count / BYTES_PER_MB)} MB`;
  throw new KissError(
    "backup-no-room",
    `it takes ${mb(bytes + MARGIN_BYTES)} on the disk of ${folder}, where ${mb(free)} are free`,
  );
}

const FULL = new Set(["ENOSPC", "EDQUOT", "SQLITE_FULL"]);

/** Pure: what a disk says when it is full, in our words; anything else as it is. */
export function toRoomError(folder: string, problem: unknown): Error {
  const error = toError(problem);
  const isFull =
    ("code" in error && FULL.has(String(error.code))) ||
    (error instanceof KissError && error.code === "database-full");
  return isFull ? new KissError("backup-no-room", `${folder}: ${error.message}`, { cause: error }) : error;
}
