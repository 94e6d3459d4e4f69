import { createHash } from "node:crypto";
import { closeSync, fsyncSync, openSync, readSync } from "node:fs";

const PIECE_BYTES = 256 * 1024;

/** SHA-256, in hex. */
export function hashFile(path: string): string {
  const handle = openSync(path, "r");
  try {
    const hash = createHash("sha256");
    const piece = Buffer.alloc(PIECE_BYTES);
    for (let read = readSync(handle, piece); read > 0; read = readSync(handle, piece))
      hash.update(piece.subarray(0, read));
    return hash.digest("hex");
  } finally {
    closeSync(handle);
  }
}

/** The first bytes of what may have no end. */
export function readStart(path: string, bytesMax: number): Buffer {
  const handle = openSync(path, "r");
  try {
    const start = Buffer.alloc(bytesMax);
    let filled = 0;
    for (let read = -1; read !== 0 && filled < bytesMax; filled += read)
      read = readSync(handle, start, filled, bytesMax - filled, null);
    return start.subarray(0, filled);
  } finally {
    closeSync(handle);
  }
}

/** A file, or the names in a folder, to the disk. */
export function syncPath(path: string): void {
  const handle = openSync(path, "r");
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
