/** How the file of an index stands, by its first bytes: for whoever looks often and has no engine loaded. */
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { findHeadFailure, HEAD_BYTES } from "./fallback/format.ts";
import type { IndexFailure } from "./game-index.ts";

export type IndexFile =
  | {
      readonly is: "there";
      readonly inode: bigint;
      readonly mark: string;
      readonly failure: Failure | undefined;
    }
  | { readonly is: "missing" };

interface Failure {
  readonly code: IndexFailure;
  readonly problem: string;
}

/** Damage behind the first bytes is not seen. @throws what the file system throws, other than that there is none */
export function lookAtIndexFile(file: string): IndexFile {
  let descriptor: number;
  try {
    descriptor = openSync(file, "r");
  } catch (problem) {
    if (problem instanceof Error && "code" in problem && problem.code === "ENOENT") return { is: "missing" };
    throw problem;
  }
  try {
    const { ino, size, mtimeNs } = fstatSync(descriptor, { bigint: true });
    const head = Buffer.alloc(HEAD_BYTES);
    const bytes = readSync(descriptor, head, 0, HEAD_BYTES, 0);
    const found = bytes === 0 ? EMPTY : findHeadFailure(head.subarray(0, bytes), Number(size));
    const failure = found && { code: found.code, problem: found.problem };
    return { is: "there", inode: ino, mark: `${ino}:${size}:${mtimeNs}`, failure };
  } finally {
    closeSync(descriptor);
  }
}

/** Nobody keeps notes in it. */
const EMPTY: Failure = { code: "corrupt", problem: "it is empty" };
