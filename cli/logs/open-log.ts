import { closeSync, constants, fstatSync, openSync } from "node:fs";
import { toError } from "../../shared/errors.ts";

/** An open log, known by its inode under whatever name it is put aside. */
export interface OpenLog {
  readonly descriptor: number;
  readonly inode: number;
  readonly bytes: number;
}

export type OpenedLog =
  | { readonly is: "open"; readonly log: OpenLog }
  | { readonly is: "missing" }
  | { readonly is: "unreadable"; readonly because: string };

export function openLog(file: string): OpenedLog {
  let descriptor: number;
  try {
    // Without waiting for the other end, should it be a pipe.
    descriptor = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (problem) {
    const { code } = problem as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return { is: "missing" };
    return { is: "unreadable", because: toError(problem).message };
  }
  const found = fstatSync(descriptor);
  if (found.isFile()) return { is: "open", log: { descriptor, inode: found.ino, bytes: found.size } };
  closeSync(descriptor);
  return { is: "unreadable", because: "it is no ordinary file" };
}
